import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDevelopmentPki } from '@encryptech/attestation';
import { parseEnc, toHex, fromHex, type Hex } from '@encryptech/base';
import { createChainClient, registerProvider, setAsk, stake, type ChainClient } from '@encryptech/chain';
import {
  createFileIntentStore,
  createIntentSender,
  deployEmbedded,
  embeddedDeployConfig,
  giveEnc,
  type ChainKeys,
  type DeployConfig,
  type EmbeddedChain,
  type IntentSender,
} from '@encryptech/chain';
import { readPrivateFile, writePrivateFile, type NetworkFile } from '@encryptech/sdk/node';
import type { HDAccount } from 'viem/accounts';
import type { Home } from '../home/home.ts';
import type { Terminal } from '../terminal.ts';
import { freePort } from './free-port.ts';
import { keyFolder } from './key-folder.ts';
import { createPerson, listPeople, openWriter, unlockWallet, type Person } from './person.ts';
import { providerConfigOf } from './provider-config-of.ts';
import { verifierFiles } from './verifier-files.ts';

/** The providers of an embedded network: what they ask and what they put at risk. */
const PROVIDERS = [
  { name: 'alpha', askEnc: '8', stakeEnc: '2000' },
  { name: 'beta', askEnc: '10', stakeEnc: '6000' },
] as const;
/** Micro-units (10^6 operations) a second that the providers register: 20 GFLOP/s, what two plain cores reach. */
const SPEED = 20_000n;
const OWNER = 'hospital';
const DEVELOPER = 'developer';
const GRANT_ENC = '1000';
const BONDS_ENC = '20';

export interface EmbeddedSetup {
  network: NetworkFile;
  client: ChainClient;
  coordinatorConfig: string;
  verifierConfig: string;
  providerConfigs: { name: string; file: string }[];
  ownerConfigs: { name: string; file: string }[];
}

const isThere = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );

/**
 * Brings an embedded network to where its daemons can start: contracts deployed, people made, providers registered and
 * staked, everybody with ENC from the ecosystem fund. Done once; later starts only read. A set-up that was cut short goes
 * on where it stopped.
 *
 * @param deployConfig parameters of a new chain; those of `embeddedDeployConfig` if left out
 */
export async function setupEmbedded(
  terminal: Terminal,
  home: Home,
  chain: EmbeddedChain,
  say: (words: string) => void,
  deployConfig: (keys: ChainKeys) => DeployConfig = embeddedDeployConfig,
): Promise<EmbeddedSetup> {
  say('contracts');
  const config = deployConfig(chain.keys);
  const deployment = await deployEmbedded(chain, { dir: home.chainDir, config });
  const client = createChainClient({ rpcUrl: chain.rpcUrl, deployment });

  const seedFile = join(home.root, 'secrets', 'development-pki.seed');
  if (!(await isThere(seedFile))) {
    await mkdir(join(home.root, 'secrets'), { recursive: true, mode: 0o700 });
    await writePrivateFile(seedFile, toHex(new Uint8Array(randomBytes(32))));
  }
  const pki = createDevelopmentPki(fromHex((await readPrivateFile(seedFile, 'development seed')).trim(), 32));

  say('people');
  const known = await listPeople(home);
  const person = async (role: Person['role'], name: string): Promise<Person> =>
    known.find((one) => one.name === name) ?? createPerson(terminal, home, { role, name, unattended: true });
  const providers: { person: Person; askEnc: string; stakeEnc: string }[] = [];
  for (const { name, askEnc, stakeEnc } of PROVIDERS)
    providers.push({ person: await person('provider', name), askEnc, stakeEnc });
  const owner = await person('owner', OWNER);
  const developer = await person('developer', DEVELOPER);

  const coordinatorConfig = await coordinatorFiles(terminal, home, chain.keys.named('matcher'), config);
  const coordinatorPort = await portOf(coordinatorConfig);
  const network: NetworkFile = {
    rpcUrl: chain.rpcUrl,
    coordinatorUrl: `http://127.0.0.1:${coordinatorPort}`,
    chainId: deployment.chainId,
    deployment: { ...deployment },
    developmentAnchor: { fingerprint: pki.anchor.fingerprint as Hex, certificate: toHex(pki.anchor.certificate) },
    profile: 'embedded',
  };
  await writeFile(home.networkFile, `${JSON.stringify(network, null, 2)}\n`);

  const providerConfigs: EmbeddedSetup['providerConfigs'] = [];
  for (const { person: provider, askEnc } of providers) {
    const file = join(provider.dir, 'config.json');
    if (!(await isThere(file)))
      await writeFile(file, JSON.stringify(await providerConfig(home, provider, askEnc, seedFile), null, 2));
    providerConfigs.push({ name: provider.name, file });
  }
  const ownerFile = join(owner.dir, 'config.json');
  if (!(await isThere(ownerFile))) {
    await writeFile(
      ownerFile,
      JSON.stringify(
        {
          name: owner.name,
          dir: '.',
          networkFile: home.networkFile,
          keystore: 'keystore.json',
          passphraseFile: home.passphraseFile(owner.name),
          production: false,
        },
        null,
        2,
      ),
    );
  }

  const verifierConfig = await verifierFiles(terminal, home, {
    ...{ account: chain.keys.named('verifier'), providers: providers.map(({ person: { address } }) => address) },
  });

  if (!chain.setupDone()) {
    say('grants and stakes');
    await fundEverybody(home, chain, client, [...providers.map((one) => one.person), owner, developer]);
    for (const { person: provider, askEnc, stakeEnc } of providers) {
      const { writer, close } = await openWriter(client, provider, await unlockWallet(terminal, home, provider));
      try {
        const config = JSON.parse(await readFile(join(provider.dir, 'config.json'), 'utf8')) as { publicUrl: string };
        await registerProvider(writer, { url: config.publicUrl, speed: SPEED });
        await setAsk(writer, { ask: parseEnc(askEnc), key: 'setup:ask' });
        await stake(writer, { pool: 'provide', amount: parseEnc(stakeEnc), key: 'setup:stake' });
      } finally {
        await close();
      }
    }
    // The chain began two days ago, so the stakes count by the time its clock shows the present.
    await chain.finishSetup();
    await chain.save();
  }
  return {
    ...{ network, client, coordinatorConfig, verifierConfig, providerConfigs },
    ownerConfigs: [{ name: owner.name, file: ownerFile }],
  };
}

async function fundEverybody(
  home: Home,
  chain: EmbeddedChain,
  client: ChainClient,
  people: readonly Person[],
): Promise<void> {
  // Beside their stake providers need something in hand: a contest of a fault takes a bond.
  const amounts = new Map<string, bigint>(
    PROVIDERS.map(({ name, stakeEnc }) => [name, parseEnc(stakeEnc) + parseEnc(BONDS_ENC)]),
  );
  await withTeam(home, chain, client, async (writers) => {
    for (const { name, address } of people) {
      await chain.fund(address);
      const amount = amounts.get(name) ?? parseEnc(GRANT_ENC);
      await giveEnc(client, writers, { to: address, amount, key: `setup:${address}` });
    }
    // What the coordinator's keeper puts up when it reports faults.
    const { address } = chain.keys.named('matcher');
    await giveEnc(client, writers, { to: address, amount: parseEnc(BONDS_ENC), key: `setup:bonds:${address}` });
  });
}

/** Does something as the embedded network's team, with durable writers of its accounts. */
export async function withTeam<T>(
  home: Home,
  chain: Pick<EmbeddedChain, 'keys'>,
  client: ChainClient,
  work: (writers: { team: IntentSender; treasurer: IntentSender }) => Promise<T>,
): Promise<T> {
  const store = createFileIntentStore(join(home.chainDir, 'team-intents.jsonl'));
  const writer = (account: HDAccount): Promise<IntentSender> => createIntentSender({ client, account, store });
  const team = await writer(chain.keys.named('team'));
  const treasurer = await writer(chain.keys.named('treasurer'));
  try {
    return await work({ team, treasurer });
  } finally {
    await team.close();
    await treasurer.close();
    await store.close();
  }
}

const portOf = async (configFile: string): Promise<number> =>
  (JSON.parse(await readFile(configFile, 'utf8')) as { listen: { port: number } }).listen.port;

async function coordinatorFiles(
  terminal: Terminal,
  home: Home,
  matcher: HDAccount,
  { staking }: DeployConfig,
): Promise<string> {
  const file = join(home.coordinatorDir, 'config.json');
  if (await isThere(file)) return file;
  await keyFolder(terminal, home, { dir: home.coordinatorDir, name: 'coordinator', account: matcher });
  const config = {
    dir: '.',
    networkFile: home.networkFile,
    listen: { host: '127.0.0.1', port: await freePort() },
    keystore: 'keystore.json',
    passphraseFile: home.passphraseFile('coordinator'),
    // An epoch's beats and scores must be on record before the next one ends.
    upkeepMs: Math.floor((staking.epochLengthSec * 1_000) / 3),
    // An epoch is a minute here: who is away for an hour would be reported sixty times.
    faults: { propose: true, restEpochs: 30 },
  };
  await writeFile(file, JSON.stringify(config, null, 2));
  return file;
}

async function providerConfig(home: Home, person: Person, askEnc: string, seedFile: string): Promise<object> {
  const port = await freePort();
  return providerConfigOf(home, person, {
    ...{ publicUrl: `http://127.0.0.1:${port}`, listen: { host: '127.0.0.1', port } },
    ...{ ask: parseEnc(askEnc), speed: SPEED },
    files: { passphraseFile: home.passphraseFile(person.name), developmentPkiSeedFile: seedFile },
  });
}
