import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { formatEnc, parseEnc } from '@encryptech/base';
import {
  entitlementFacts,
  requestUnbond,
  stake,
  stakeFacts,
  withdrawStake,
  type StakeFacts,
  type StakePool,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { openWriter, unlockWallet } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { personNamed } from './account.ts';
import type { Terminal } from '../terminal.ts';
import { wei } from '../wei.ts';

/** `encryptech stake …`: put ENC at stake and ask for it back. */
export function stakeCommands(program: Command, terminal: Terminal): void {
  const group = program.command('stake').description('stake ENC: to reserve compute, or to provide it');
  for (const verb of ['add', 'unbond'] as const) {
    leaf<{ dir?: string; pool: StakePool; yes?: boolean; dryRun?: boolean }>(terminal, group, {
      usage: `${verb} <name> <amount>`,
      description:
        verb === 'add'
          ? 'stake; it counts from the next epoch'
          : 'ask for stake back; it can be slashed until the unbonding period is over',
      example: `encryptech stake ${verb} alpha 100 --pool provide --yes`,
      configure: (command) =>
        void command
          .addOption(new Option('--pool <pool>', 'which pool').choices(['reserve', 'provide']).default('reserve'))
          .option('--dir <folder>', 'state directory')
          .option('--yes', 'do not ask')
          .option('--dry-run', 'say what would be done, and stop'),
      run: async ([name, text], { dir, pool, yes, dryRun }) => {
        const amount = parseEnc(text!);
        const person = await personNamed(terminal, dir, name!);
        const { home, client } = await openSession(terminal, dir);
        const words = `${verb === 'add' ? 'stake' : 'unbond'} ${formatEnc(amount, 4)} ENC in the pool "${pool}" as ${person.name}`;
        const json = { name: person.name, action: verb, pool, amount: amount.toString() };
        if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
        await confirm(terminal, `${words}?`, yes);
        const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
        try {
          const key = `stake:${randomUUID()}`;
          if (verb === 'add') {
            const { hash } = await stake(writer, { pool, amount, key });
            return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
          }
          const { id, availableAt } = await requestUnbond(writer, { pool, amount, key });
          const when = new Date(availableAt * 1000).toISOString();
          return {
            json: { ...json, id: id.toString(), availableAt },
            text: `Done: ${words}. From ${when} on: encryptech stake withdraw ${person.name} ${id} --pool ${pool}`,
          };
        } finally {
          await close();
        }
      },
    });
  }
  leaf<{ dir?: string; pool: StakePool; yes?: boolean; dryRun?: boolean }>(terminal, group, {
    usage: 'withdraw <name> <id>',
    description: 'take back stake whose unbonding period is over',
    example: 'encryptech stake withdraw alpha 0 --pool provide --yes',
    configure: (command) =>
      void command
        .addOption(new Option('--pool <pool>', 'which pool').choices(['reserve', 'provide']).default('reserve'))
        .option('--dir <folder>', 'state directory')
        .option('--yes', 'do not ask')
        .option('--dry-run', 'say what would be done, and stop'),
    run: async ([name, text], { dir, pool, yes, dryRun }) => {
      const person = await personNamed(terminal, dir, name!);
      const { home, client } = await openSession(terminal, dir);
      const request = (await stakeFacts(client, person.address))[pool].unbonding.find(({ id }) => String(id) === text);
      if (request === undefined) {
        throw cliError({
          code: 'cli.badOption',
          message: `${person.name} has no request ${text} in the pool "${pool}".`,
          place: 'id',
          hint: `encryptech stake show ${person.name} lists what is on its way out.`,
        });
      }
      const { id, assets } = request;
      const words = `withdraw ${formatEnc(assets, 4)} ENC of request ${id} from the pool "${pool}" as ${person.name}`;
      const json = { name: person.name, action: 'withdraw', pool, id: id.toString(), amount: assets.toString() };
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
      try {
        const { hash } = await withdrawStake(writer, { pool, id });
        return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
      } finally {
        await close();
      }
    },
  });
  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show <name>',
    description:
      'what an account has at stake: what counts now and what from the next epoch on, locks, what is on its way out',
    example: 'encryptech stake show alpha',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async ([name], { dir }) => {
      const person = await personNamed(terminal, dir, name!);
      const session = await openSession(terminal, dir);
      const [facts, entitlement] = await withChain(session, (client) =>
        Promise.all([stakeFacts(client, person.address), entitlementFacts(client, person.address)]),
      );
      return {
        json: wei({ name: person.name, address: person.address, ...facts, entitlement }),
        text: [
          `${person.name} ${person.address}, epoch ${facts.epoch} of ${facts.epochLengthSec} s`,
          ...STAKE_POOL_NAMES.flatMap((pool) => stakeLines(pool, facts[pool])),
          `  entitled to ${unitsOf(entitlement.entitled)} units of reserved computing in this epoch, ${unitsOf(entitlement.left)} left`,
        ].join('\n'),
      };
    },
  });
}

/** Micro-units as units. */
const unitsOf = (micro: bigint): string => String(Number(micro) / 1e6);

const STAKE_POOL_NAMES = ['reserve', 'provide'] as const;

function stakeLines(pool: StakePool, { active, locked, counted, countedOfAll, unbonding }: StakeFacts): string[] {
  const enc = (amount: bigint): string => `${formatEnc(amount, 4)} ENC`;
  const share =
    countedOfAll === 0n ? '' : `, ${(Number((counted * 1_000_000n) / countedOfAll) / 10_000).toFixed(2)} % of the pool`;
  const change = active === counted ? '' : `; ${enc(active)} from the next epoch on`;
  return [
    `  ${pool}: ${enc(counted)} counts now${share}${change}${locked === 0n ? '' : `; jobs hold ${enc(locked)}`}`,
    ...unbonding.map(
      ({ id, assets, availableAt }) =>
        `    request ${id}: ${enc(assets)} on its way out, from ${new Date(availableAt * 1000).toISOString()} on`,
    ),
  ];
}
