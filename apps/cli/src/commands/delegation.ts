import type { Command } from 'commander';
import type { Json } from '@encryptech/base';
import {
  anchorsOf,
  lockOwner,
  measureDelegate,
  openDelegation,
  readDelegationRecord,
  takeBack,
} from '@encryptech/owner';
import { createCoordinatorClient } from '@encryptech/sdk/coordinator';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { homeOf } from '../home/home.ts';
import { leaf } from '../leaf.ts';
import { findPerson, openWriter, unlockWallet } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { openOwnerStore } from '../owner-datasets.ts';
import type { Terminal } from '../terminal.ts';

interface Asked extends Record<string, unknown> {
  as?: string;
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const asked = (command: Command): Command =>
  command
    .option('--as <owner>', 'which owner')
    .option('--dir <folder>', 'state directory')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'say what would be done, and stop');

/** `encryptech owner delegate`, `owner take-back`: an attested enclave decides about keys while the owner is away. */
export function delegationCommands(terminal: Terminal, owner: Command): void {
  delegateCommand(terminal, owner);
  takeBackCommand(terminal, owner);
}

function delegateCommand(terminal: Terminal, owner: Command): void {
  leaf<Asked & { to: string; days: string; kem: 'x25519' | 'x-wing'; measurement?: string[] }>(terminal, owner, {
    usage: 'delegate',
    description: 'hand the decisions about your keys to an enclave that you attest, under your own policies',
    example: 'encryptech owner delegate --to http://127.0.0.1:8700 --days 7 --yes',
    configure: (command) =>
      void asked(command)
        .requiredOption('--to <url>', 'who runs the enclave: a host of delegates')
        .option('--days <n>', 'when it ends by itself, 1 to 90', '7')
        .option('--kem <name>', 'what keys are sealed by: x25519 or x-wing', 'x25519')
        .option('--measurement <hex...>', 'code that you trust; that of this install if left out'),
    run: async (_args, { as, dir, to, days, kem, measurement, yes, dryRun }) => {
      if (!/^[1-9]\d?$/.test(days) || Number(days) > 90)
        throw badOption('--days', 'must be a whole number from 1 to 90');
      if (kem !== 'x25519' && kem !== 'x-wing') throw badOption('--kem', 'must be x25519 or x-wing');
      const session = await openSession(terminal, dir);
      const person = await findPerson(session.home, 'owner', as);
      const measurements = measurement ?? [measureDelegate()];
      const words = `hand the decisions about ${person.name}’s keys to an enclave at ${to} for ${days} days`;
      const json = { to, days: Number(days), kem, measurements };
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      const lock = lockOwner(person.dir);
      try {
        const account = await unlockWallet(terminal, session.home, person);
        const store = await openOwnerStore(terminal, session, person);
        const datasets = await Promise.all((await store.ids()).map((id) => store.get(id)));
        const { writer, close } = await openWriter(session.client, person, account);
        try {
          const { chainId, contracts } = session.client.deployment;
          const record = await openDelegation({
            ...{ dir: person.dir, url: to, kem, datasets, client: session.client, writer, now: Date.now },
            owner: { address: account.address, signer: account },
            domain: { chainId, jobs: contracts.jobs },
            expiresAt: Math.floor(Date.now() / 1000) + Number(days) * 86_400,
            measurements: measurements as `0x${string}`[],
            anchors: anchorsOf(session.network),
            coordinator: createCoordinatorClient({ url: session.network.coordinatorUrl }),
          });
          const { key, expiresAt } = record.delegated.delegation;
          return {
            json: {
              ...json,
              delegation: record.id,
              key,
              securityLevel: record.level,
              datasets: record.datasets as Json,
            },
            text: [
              `Done: ${record.datasets.length} datasets are decided about by ${key} until ${new Date(Number(expiresAt) * 1000).toISOString()}.`,
              `Its security level is ${record.level}.${record.level === 0 ? ' Whoever runs that machine could read the keys.' : ''}`,
              'Your own agent does not start until: encryptech owner take-back',
            ].join('\n'),
          };
        } finally {
          await close();
        }
      } finally {
        lock.release();
      }
    },
  });
}

function takeBackCommand(terminal: Terminal, owner: Command): void {
  leaf<Asked & { withoutLog?: boolean }>(terminal, owner, {
    usage: 'take-back',
    description: 'end the delegation, on chain first, and take the delegate’s log over into yours',
    example: 'encryptech owner take-back --yes',
    configure: (command) =>
      void asked(command).option('--without-log', 'go on where the delegate’s log is lost: say so in yours'),
    run: async (_args, { as, dir, withoutLog, yes, dryRun }) => {
      const session = await openSession(terminal, dir);
      const person = await findPerson(homeOf(terminal, dir), 'owner', as);
      const record = await readDelegationRecord(person.dir);
      const words = `take the decisions about ${person.name}’s keys back`;
      if (dryRun === true) {
        const json = { delegation: record?.id ?? null, dryRun: true };
        return { json, text: record === undefined ? 'Nothing is delegated.' : `Would ${words} from ${record.url}.` };
      }
      await confirm(terminal, `${words}?`, yes);
      const lock = lockOwner(person.dir);
      try {
        const account = await unlockWallet(terminal, session.home, person);
        const store = await openOwnerStore(terminal, session, person);
        const datasets = await Promise.all((await store.ids()).map((id) => store.get(id)));
        const { writer, close } = await openWriter(session.client, person, account);
        try {
          const { chainId, contracts } = session.client.deployment;
          const taken = await takeBack({
            ...{ dir: person.dir, datasets, client: session.client, writer, now: Date.now },
            owner: { address: account.address, signer: account },
            domain: { chainId, jobs: contracts.jobs },
            ...(withoutLog === true ? { withoutLog } : {}),
          });
          return {
            json: { ...taken, entries: taken.entries ?? null },
            text: [
              'Done: the delegate is withdrawn on chain.',
              taken.ended
                ? 'It says that it has forgotten everything.'
                : 'It could not be reached; what it held is gone when its process is.',
              taken.entries === undefined
                ? 'Its log is missing.'
                : `Its ${taken.entries} decisions are in your log now: encryptech owner log`,
            ].join('\n'),
          };
        } finally {
          await close();
        }
      } finally {
        lock.release();
      }
    },
  });
}

const badOption = (place: string, message: string) =>
  cliError({ code: 'cli.badOption', message: `${place} ${message}.`, place });
