import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatEnc, parseEnc, type Address, type Json } from '@encryptech/base';
import {
  leaveBond,
  postBond,
  readTeam,
  verifierBond,
  withdrawBond,
  type ChainWriter,
  type VerifierBond,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { leaf } from '../leaf.ts';
import { addressOf } from '../network/address-of.ts';
import { listPeople } from '../network/person.ts';
import { openSession, type Session } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { withRoleHolder } from '../network/with-role-holder.ts';
import type { Terminal } from '../terminal.ts';
import { wei } from '../wei.ts';

interface Acting extends Record<string, unknown> {
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const enc = (amount: bigint): string => `${formatEnc(amount, 4)} ENC`;
const timeOf = (second: number): string => new Date(second * 1000).toISOString();

/** `encryptech verifier bond …`: what verifiers put at risk so that their signatures count. */
export function verifierBondCommands(terminal: Terminal, verifier: Command): void {
  const group = verifier
    .command('bond')
    .description('what a verifier has at stake; one that contradicts itself loses all of it');

  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show [verifier]',
    description: 'bonds of all verifiers, or of one (a name or an address), and whether their signatures count',
    example: 'encryptech verifier bond show',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async ([who], { dir }) => {
      const session = await openSession(terminal, dir);
      const names = await namesIn(session);
      const bonds = await withChain(session, async (client) => {
        const accounts =
          who === undefined
            ? ((await readTeam(client)).roles.find(({ role }) => role === 'verifier')?.holders ?? []).map(
                ({ account }) => account,
              )
            : [await addressOf(session, who)];
        return Promise.all(
          accounts.map(async (account) => ({
            ...{ account, name: names(account) ?? null },
            ...(await verifierBond(client, account)),
          })),
        );
      });
      return {
        json: wei(bonds),
        text: bonds.length === 0 ? 'Nobody holds the role VERIFIER.' : bonds.map(lineOf).join('\n'),
      };
    },
  });

  acting('post <name> <amount>', {
    description: 'raise a verifier’s own bond; with amount 0 one that was leaving stays',
    example: 'encryptech verifier bond post carol 1000 --yes',
    plan: ({ account, bond, leastBond, availableAt }, text) => {
      const amount = parseEnc(text!);
      const stays = availableAt === null ? '' : ' and stay';
      return {
        words: `add ${enc(amount)} to the bond of ${enc(bond)}${stays} (at least ${enc(leastBond)} is asked for)`,
        json: { account, amount: amount.toString() },
        work: (writer, key) => postBond(writer, { amount, key }),
      };
    },
  });
  acting('leave <name>', {
    description: 'stop being a verifier: nothing it signs counts any more, and the bond is free 37 days later',
    example: 'encryptech verifier bond leave carol --yes',
    plan: ({ account, bond }) => ({
      words: `leave with the bond of ${enc(bond)}: signatures count no more, the bond is free in 37 days`,
      json: { account },
      work: (writer, key) => leaveBond(writer, { key }),
    }),
  });
  acting('withdraw <name>', {
    description: 'take back the bond, 37 days after leaving',
    example: 'encryptech verifier bond withdraw carol --yes',
    plan: ({ account, bond }) => ({
      words: `withdraw the bond of ${enc(bond)}`,
      json: { account, amount: bond.toString() },
      work: (writer, key) => withdrawBond(writer, { key }),
    }),
  });

  /** A command that sends one transaction as the account of that name. */
  function acting(
    usage: string,
    {
      description,
      example,
      plan,
    }: {
      description: string;
      example: string;
      plan: (
        bond: VerifierBond & { account: Address },
        amount: string | undefined,
      ) => {
        words: string;
        json: Record<string, Json>;
        work: (writer: ChainWriter, key: string) => Promise<{ hash: string }>;
      };
    },
  ): void {
    leaf<Acting>(terminal, group, {
      ...{ usage, description, example },
      configure: (command) =>
        void command
          .option('--dir <folder>', 'state directory')
          .option('--yes', 'do not ask')
          .option('--dry-run', 'say what would be done, and stop'),
      run: async ([name, amount], { dir, yes, dryRun }) => {
        const session = await openSession(terminal, dir);
        const holder = await withRoleHolder(terminal, session, { as: name! });
        const { account } = holder;
        const bond = await verifierBond(session.client, account);
        const { words, json, work } = plan({ ...bond, account }, amount);
        const facts = { action: usage.split(' ')[0]!, name: name!, ...json };
        if (dryRun === true) return { json: { ...facts, dryRun: true }, text: `Would ${words}, as ${name}.` };
        await confirm(terminal, `${words}, as ${name}?`, yes);
        return holder.work(async (writer) => {
          const { hash } = await work(writer, `bond:${randomUUID()}`);
          const now = await verifierBond(session.client, account);
          return {
            json: { ...facts, transaction: hash, now: wei(now) },
            text: `Done: ${words}, as ${name}. Transaction ${hash}\n${lineOf({ account, name: name!, ...now })}`,
          };
        });
      },
    });
  }
}

function lineOf({
  account,
  name,
  bond,
  leastBond,
  availableAt,
  counts,
}: VerifierBond & { account: Address; name: string | null }): string {
  const state =
    availableAt !== null
      ? `leaves, free from ${timeOf(availableAt)} on; its signatures do not count`
      : counts
        ? 'its signatures count'
        : bond < leastBond
          ? `its signatures do not count: at least ${enc(leastBond)} is asked for`
          : 'its signatures do not count: it has no role VERIFIER, or was ejected';
  return `${account}${name === null ? '' : ` ${name}`}: bond ${enc(bond)}; ${state}`;
}

async function namesIn({ home }: Session): Promise<(account: Address) => string | undefined> {
  const people = await listPeople(home);
  return (account) => people.find(({ address }) => address.toLowerCase() === account.toLowerCase())?.name;
}
