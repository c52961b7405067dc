import { Option, type Command } from 'commander';
import { formatEnc, parseEnc } from '@encryptech/base';
import { accountBalances, deposit, withdraw } from '@encryptech/chain';
import { giveEnc, startEmbeddedChain } from '@encryptech/chain';
import { randomUUID } from 'node:crypto';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { homeOf, type Role } from '../home/home.ts';
import { leaf, type Outcome } from '../leaf.ts';
import { createPerson, listPeople, openWriter, unlockWallet, type Person } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { withTeam } from '../network/setup-embedded.ts';
import type { Terminal } from '../terminal.ts';

const dirOption = (command: Command): Command => command.option('--dir <folder>', 'state directory');
const short = (wei: bigint): string => `${formatEnc(wei, 4)} ENC`;

/** The person of that name in any role. */
export async function personNamed(terminal: Terminal, dir: string | undefined, name: string): Promise<Person> {
  const home = homeOf(terminal, dir);
  const person = (await listPeople(home)).find((one) => one.name === name);
  if (person !== undefined) return person;
  throw cliError({
    code: 'cli.noAccount',
    message: `There is no account "${name}".`,
    place: home.root,
    hint: 'encryptech account list shows all of them.',
  });
}

/** `encryptech account …`: keys, balances, deposits. */
export function accountCommands(program: Command, terminal: Terminal): void {
  const account = program.command('account').description('keys, balances and deposits');

  leaf<{ dir?: string; role: Role }>(terminal, account, {
    usage: 'new <name>',
    description: 'make keys for a person; they lie encrypted in the state directory',
    example: 'encryptech account new alice --role developer',
    configure: (command) =>
      void dirOption(command).addOption(
        new Option('--role <role>', 'what the person is')
          .choices(['developer', 'owner', 'provider'])
          .default('developer'),
      ),
    run: async ([name], { dir, role }) => {
      const person = await createPerson(terminal, homeOf(terminal, dir), { role, name: name!, unattended: false });
      return {
        json: { name: person.name, role, address: person.address },
        text: `${role} ${person.name}: ${person.address}`,
      };
    },
  });

  leaf<{ dir?: string }>(terminal, account, {
    usage: 'list',
    description: 'everybody with keys in the state directory',
    example: 'encryptech account list',
    configure: (command) => void dirOption(command),
    run: async (_args, { dir }) => {
      const people = await listPeople(homeOf(terminal, dir));
      return {
        json: people.map(({ role, name, address }) => ({ role, name, address })),
        text:
          people.length === 0
            ? 'Nobody yet. Make keys with: encryptech account new NAME'
            : people.map(({ role, name, address }) => `${role.padEnd(10)} ${name.padEnd(14)} ${address}`).join('\n'),
      };
    },
  });

  leaf<{ dir?: string }>(terminal, account, {
    usage: 'show <name>',
    description: 'what an account has on the chain',
    example: 'encryptech account show developer',
    configure: (command) => void dirOption(command),
    run: async ([name], { dir }) => {
      const person = await personNamed(terminal, dir, name!);
      const { client } = await openSession(terminal, dir);
      const {
        enc,
        deposit: deposited,
        reserveStake,
        provideStake,
        unbonding,
        gasMoney,
      } = await accountBalances(client, person.address);
      return {
        json: {
          name: person.name,
          address: person.address,
          enc: enc.toString(),
          deposit: deposited.toString(),
          reserveStake: reserveStake.toString(),
          provideStake: provideStake.toString(),
          unbonding: unbonding.toString(),
          gasMoney: gasMoney.toString(),
        },
        text: [
          `${person.role} ${person.name} ${person.address}`,
          `  in hand        ${short(enc)}`,
          `  in Jobs        ${short(deposited)} (deposits, earnings, refunds)`,
          `  staked         ${short(reserveStake)} reserve, ${short(provideStake)} provide; ${short(unbonding)} on its way out`,
        ].join('\n'),
      };
    },
  });

  const mover = (verb: 'deposit' | 'withdraw', description: string): void => {
    leaf<{ dir?: string; yes?: boolean; dryRun?: boolean }>(terminal, account, {
      usage: `${verb} <name> <amount>`,
      description,
      example: `encryptech account ${verb} developer 100 --yes`,
      configure: (command) =>
        void dirOption(command).option('--yes', 'do not ask').option('--dry-run', 'say what would be done, and stop'),
      run: async ([name, text], { dir, yes, dryRun }): Promise<Outcome> => {
        const amount = parseEnc(text!);
        const person = await personNamed(terminal, dir, name!);
        const { home, client } = await openSession(terminal, dir);
        const json = { name: person.name, address: person.address, action: verb, amount: amount.toString() };
        const words = `${verb} ${short(amount)} ${verb === 'deposit' ? 'into' : 'from'} Jobs as ${person.name}`;
        if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
        await confirm(terminal, `${words}?`, yes);
        const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
        try {
          const key = `${verb}:${randomUUID()}`;
          const { hash } =
            verb === 'deposit' ? await deposit(writer, { amount, key }) : await withdraw(writer, { amount, key });
          return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
        } finally {
          await close();
        }
      },
    });
  };
  mover('deposit', 'move ENC into Jobs, from which orders are paid');
  mover('withdraw', 'move ENC out of Jobs');

  leaf<{ dir?: string }>(terminal, account, {
    usage: 'fund <name> <amount>',
    description: 'grant ENC from the ecosystem fund; on the embedded network only',
    example: 'encryptech account fund alice 500',
    configure: (command) => void dirOption(command),
    run: async ([name, text], { dir }) => {
      const amount = parseEnc(text!);
      const person = await personNamed(terminal, dir, name!);
      const { home, client, network } = await openSession(terminal, dir);
      if (network.profile !== 'embedded') {
        throw cliError({
          code: 'cli.badOption',
          message: 'Only an embedded network hands out ENC this way.',
          hint: 'On other networks buy ENC or ask the team for a grant.',
        });
      }
      const chain = await startEmbeddedChain({ dir: home.chainDir, ifRunning: 'attach' });
      try {
        await chain.fund(person.address);
        const { hash } = await withTeam(home, chain, client, (writers) =>
          giveEnc(client, writers, { to: person.address, amount, key: `fund:${randomUUID()}` }),
        );
        return {
          json: { name: person.name, address: person.address, amount: amount.toString(), transaction: hash },
          text: `${person.name} got ${short(amount)} from the ecosystem fund. Transaction ${hash}`,
        };
      } finally {
        await chain.stop();
      }
    },
  });
}
