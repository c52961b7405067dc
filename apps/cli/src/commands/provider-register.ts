import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { formatEnc, parseEnc } from '@encryptech/base';
import {
  providerFacts,
  registerProvider,
  setProviderActive,
  updateProvider,
  type ChainWriter,
  type ProviderFacts,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { wholeNumberOption } from '../number-option.ts';
import { findPerson, openWriter, unlockWallet } from '../network/person.ts';
import { providerConfigOf } from '../network/provider-config-of.ts';
import { openSession } from '../network/session.ts';
import type { Terminal } from '../terminal.ts';

interface Options extends Record<string, unknown> {
  url: string;
  ask: string;
  speed: string;
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const DEFAULT_SPEED = '20000';
const DEFAULT_PORT = 8700;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** `encryptech provider register`: puts a provider on chain, or changes what stands there, and writes its daemon's configuration. */
export function providerRegisterCommand(terminal: Terminal, group: Command): void {
  leaf<Options>(terminal, group, {
    usage: 'register <name>',
    description:
      'register on chain where a provider is reached and how fast it is, or change that; writes the daemon’s configuration where there is none',
    example: 'encryptech provider register myprovider --url http://127.0.0.1:8710 --ask 9 --yes',
    configure: (command) =>
      void command
        .requiredOption('--url <url>', 'where owners and verifiers reach the daemon (http or https)')
        .option('--ask <enc>', 'least price of a unit of work, in ENC', '10')
        .option(
          '--speed <micro-units>',
          'micro-units (10^6 operations) a second; 20000 is two plain cores',
          DEFAULT_SPEED,
        )
        .option('--dir <folder>', 'state directory')
        .option('--yes', 'do not ask')
        .option('--dry-run', 'say what would be done, and stop'),
    run: async ([name], { url, ask: askText, speed: speedText, dir, yes, dryRun }) => {
      const publicUrl = addressOfDaemon(url);
      const ask = parseEnc(askText);
      const speed = BigInt(wholeNumberOption('--speed', speedText));
      const session = await openSession(terminal, dir);
      const { home, client } = session;
      const person = await findPerson(home, 'provider', name);
      const steps = stepsFrom(await providerFacts(client, person.address), { url, speed });
      const file = join(person.dir, 'config.json');
      const writes = !(await isThere(file));
      const words = [
        ...steps.map(({ words }) => words),
        ...(writes ? [`write ${file}, asking ${formatEnc(ask)} ENC a unit`] : []),
      ];
      const json = { name: person.name, address: person.address, url, speed: String(speed), steps: words };
      if (words.length === 0)
        return { json, text: `${person.name} is registered so, and has a configuration: ${file}` };
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words.join(', and ')}.` };
      await confirm(terminal, `${words.join(', and ')}?`, yes);
      if (steps.length > 0) {
        const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
        try {
          for (const { send } of steps) await send(writer);
        } finally {
          await close();
        }
      }
      if (writes) {
        const listen = listenFor(publicUrl);
        const [passphraseFile, seedFile] = [
          home.passphraseFile(person.name),
          join(home.root, 'secrets/development-pki.seed'),
        ];
        const files = {
          ...((await isThere(passphraseFile)) ? { passphraseFile } : {}),
          ...((await isThere(seedFile)) ? { developmentPkiSeedFile: seedFile } : {}),
        };
        const machine = { threads: availableParallelism() };
        const config = { ...providerConfigOf(home, person, { publicUrl: url, ask, speed, listen, files }), ...machine };
        await writeFile(file, `${JSON.stringify(config, null, 2)}\n`);
      }
      return {
        json: { ...json, config: file },
        text: `Done: ${words.join(', and ')}. With stake it can start: encryptech provider start --config ${file}`,
      };
    },
  });
}

interface Step {
  words: string;
  send: (writer: ChainWriter) => Promise<unknown>;
}

/** What is left to do until the chain says what is wanted. */
function stepsFrom(facts: ProviderFacts, wanted: { url: string; speed: bigint }): Step[] {
  const named = `${wanted.url} with ${wanted.speed} micro-units a second`;
  if (!facts.registered) {
    return [{ words: `register ${named}`, send: (writer) => registerProvider(writer, wanted) }];
  }
  const key = randomUUID();
  const isSame = facts.url === wanted.url && facts.speed === wanted.speed;
  return [
    ...(isSame
      ? []
      : [
          {
            words: `change the registration to ${named}`,
            send: (writer: ChainWriter) => updateProvider(writer, { ...wanted, key: `update:${key}` }),
          },
        ]),
    ...(facts.active
      ? []
      : [
          {
            words: 'take new jobs again',
            send: (writer: ChainWriter) => setProviderActive(writer, { active: true, key: `active:${key}` }),
          },
        ]),
  ];
}

function addressOfDaemon(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw cliError({
    code: 'cli.badOption',
    message: `"${text}" is not an address that others can reach a daemon at.`,
    place: '--url',
    hint: 'Give it as http://HOST:PORT or https://HOST.',
  });
}

/** A daemon on this machine listens there; any other on all interfaces, behind whatever the URL names. */
function listenFor({ hostname, port }: URL): { host: string; port: number } {
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost';
  return { host: isLocal ? '127.0.0.1' : '0.0.0.0', port: port === '' ? DEFAULT_PORT : Number(port) };
}
