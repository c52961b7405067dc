import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevelopmentPki } from '@encryptech/attestation';
import { toHex } from '@encryptech/base';
import {
  createChainClient,
  createFileIntentStore,
  createIntentSender,
  deployEmbedded,
  giveEnc,
  registerProvider,
  stake,
  startEmbeddedChain,
  type ChainClient,
  type Deployment,
  type EmbeddedChain,
  type IntentSender,
} from '@encryptech/chain';
import { startCoordinator, type Coordinator } from '@encryptech/coordinator';
import { createHttpBlobStore, type BlobStore } from '@encryptech/protocol';
import { createCoordinatorClient, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import { encryptKeystore } from '@encryptech/sealing';
import { pino, type Logger } from 'pino';
import type { HDAccount } from 'viem/accounts';

const ENC = 10n ** 18n;
const PASSPHRASE = 'of the test';

/** A whole network on this machine but for the daemons under test: a real chain with its contracts and a real coordinator. */
export interface TestNetwork {
  readonly root: string;
  readonly chain: EmbeddedChain;
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly coordinator: CoordinatorClient;
  readonly blobs: BlobStore;
  readonly networkFile: string;
  /** A logger whose lines are kept. */
  log(name: string): Logger;
  readonly logged: { name: string; line: string }[];
  /** A writer for an account, with intents of its own. */
  writer(account: HDAccount): Promise<IntentSender>;
  /** A person with ENC, a key store and a passphrase file. */
  person(
    index: number,
    name: string,
  ): Promise<{ account: HDAccount; dir: string; keystore: string; passphraseFile: string }>;
  /** A person who is registered and staked as a provider, and the configuration of their daemon. */
  provider(
    index: number,
    name: string,
    ask: bigint,
  ): Promise<{ account: HDAccount; config: Record<string, unknown>; writer: IntentSender }>;
  stopCoordinator(): Promise<void>;
  startCoordinator(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNetwork(): Promise<TestNetwork> {
  const root = mkdtempSync(join(tmpdir(), 'network-'));
  const closing: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true })];
  const logged: { name: string; line: string }[] = [];
  const log = (name: string) =>
    pino({ name, level: 'trace' }, { write: (line: string) => void logged.push({ name, line }) });

  const chain = await startEmbeddedChain({ dir: join(root, 'chain') });
  closing.push(() => chain.stop());
  const deployment = await deployEmbedded(chain, { dir: join(root, 'chain') });
  const client = createChainClient({ rpcUrl: chain.rpcUrl, deployment });
  const seed = new Uint8Array(32).fill(7);
  const { anchor } = createDevelopmentPki(seed);
  const seedFile = join(root, 'pki.seed');
  writeFileSync(seedFile, toHex(seed), { mode: 0o600 });
  const passphraseFile = join(root, 'passphrase');
  writeFileSync(passphraseFile, PASSPHRASE, { mode: 0o600 });

  const coordinatorPort = await freePort();
  const coordinatorUrl = `http://127.0.0.1:${coordinatorPort}`;
  const networkFile = join(root, 'network.json');
  const network = {
    rpcUrl: chain.rpcUrl,
    coordinatorUrl,
    chainId: deployment.chainId,
    deployment,
    developmentAnchor: { fingerprint: anchor.fingerprint, certificate: toHex(anchor.certificate) },
    profile: 'embedded',
  };
  writeFileSync(networkFile, JSON.stringify(network));

  const writer = async (account: HDAccount): Promise<IntentSender> => {
    const store = createFileIntentStore(join(root, 'intents', `${account.address}.jsonl`));
    const sender = await createIntentSender({ client, account, store });
    closing.push(
      () => store.close(),
      () => sender.close(),
    );
    return sender;
  };
  const keystoreOf = async (account: HDAccount, dir: string): Promise<string> => {
    mkdirSync(dir, { recursive: true });
    const path = join(dir, 'keystore.json');
    const secret = account.getHdKey().privateKey!;
    writeFileSync(path, JSON.stringify(await encryptKeystore(secret, PASSPHRASE, { insecureFastKdf: true })), {
      mode: 0o600,
    });
    return path;
  };
  const team = await writer(chain.keys.named('team'));
  const treasurer = await writer(chain.keys.named('treasurer'));

  const coordinatorConfig = {
    dir: join(root, 'coordinator'),
    networkFile,
    listen: { host: '127.0.0.1', port: coordinatorPort },
    keystore: await keystoreOf(chain.keys.named('matcher'), join(root, 'coordinator')),
    passphraseFile,
    tickMs: 200,
    recheckMs: 500,
    minFreeDiskBytes: 0,
  };
  const start = () => startCoordinator(coordinatorConfig, { log: log('coordinator') });
  let coordinator: Coordinator | undefined = await start();
  const stopCoordinator = async (): Promise<void> => {
    await coordinator?.stop();
    coordinator = undefined;
  };
  closing.push(stopCoordinator);

  const person: TestNetwork['person'] = async (index, name) => {
    const account = chain.keys.user(index);
    await giveEnc(client, { team, treasurer }, { to: account.address, amount: 1000n * ENC, key: `give:${name}` });
    const dir = join(root, name);
    return { account, dir, keystore: await keystoreOf(account, dir), passphraseFile };
  };
  return {
    root,
    chain,
    client,
    deployment,
    coordinator: createCoordinatorClient({ url: coordinatorUrl }),
    blobs: createHttpBlobStore({ url: `${coordinatorUrl}/v1/blobs` }),
    networkFile,
    stopCoordinator,
    startCoordinator: async () => {
      coordinator = await start();
    },
    log,
    logged,
    writer,
    person,
    provider: async (index, name, ask) => {
      const { account, dir, keystore } = await person(index, name);
      const port = await freePort();
      const publicUrl = `http://127.0.0.1:${port}`;
      const speed = 10n ** 9n;
      const sender = await writer(account);
      await registerProvider(sender, { url: publicUrl, speed });
      await stake(sender, { pool: 'provide', amount: 500n * ENC, key: 'stake' });
      const config = {
        name,
        dir,
        networkFile,
        listen: { host: '127.0.0.1', port },
        publicUrl,
        ask: ask.toString(),
        speed: speed.toString(),
        maxUnits: (10n ** 15n).toString(),
        maxDurationSec: 3600,
        keystore,
        passphraseFile,
        developmentPkiSeedFile: seedFile,
      };
      return { account, config, writer: sender };
    },
    stop: async () => {
      for (const close of closing.reverse()) await close();
    },
  };
}

/** A TCP port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
