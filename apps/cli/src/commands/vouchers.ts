import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatEnc, parseEnc, type Address, type Hex, type Json } from '@encryptech/base';
import {
  chainTime,
  channelBalance,
  channelFacts,
  closeChannel,
  listChannels,
  openChannel,
  redeemVoucher,
  signVoucher,
  topUpChannel,
  voucherSigner,
  withdrawFromChannels,
  type ChainClient,
  type ChainWriter,
  type ChannelFacts,
  type Voucher,
} from '@encryptech/chain';
import { confirm } from '../confirm.ts';
import { cliError } from '../errors.ts';
import { leaf, type Outcome } from '../leaf.ts';
import { numberOption } from '../number-option.ts';
import { listPeople, openWriter, unlockWallet, type Person } from '../network/person.ts';
import { openSession, type Session } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';
import { personNamed } from './account.ts';

const DAY_SEC = 86_400;

interface Spending extends Record<string, unknown> {
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const dirOption = (command: Command): Command => command.option('--dir <folder>', 'state directory');
const spending = (command: Command): Command =>
  dirOption(command).option('--yes', 'do not ask').option('--dry-run', 'say what would be done, and stop');
const enc = (amount: bigint): string => `${formatEnc(amount, 6)} ENC`;
const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** `encryptech vouchers …`: payment channels, in which a payment costs a signature and no gas. */
export function vouchersCommands(program: Command, terminal: Terminal): void {
  const group = program.command('vouchers').description('payment channels: pay by signature, without gas');

  /** Says what would be done, asks, and does it with the person's keys. */
  const act = async (
    { yes, dryRun }: Spending,
    { session, person, words, json }: { session: Session; person: Person; words: string; json: Record<string, Json> },
    work: (writer: ChainWriter) => Promise<Record<string, Json>>,
  ): Promise<Outcome> => {
    if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
    await confirm(terminal, `${words}?`, yes);
    const account = await unlockWallet(terminal, session.home, person);
    const { writer, close } = await openWriter(session.client, person, account);
    try {
      const done = await work(writer);
      const channel = typeof done['channelId'] === 'string' ? ` Channel ${done['channelId']}.` : '';
      return {
        json: { ...json, ...done },
        text: `Done: ${words}.${channel} Transaction ${String(done['transaction'])}`,
      };
    } finally {
      await close();
    }
  };

  leaf<Spending & { days: string }>(terminal, group, {
    usage: 'open <name> <payee> <amount>',
    description: 'lock ENC in a channel to a payee (a name or an address)',
    example: 'encryptech vouchers open developer alpha 20 --days 30 --yes',
    configure: (command) => void spending(command).option('--days <days>', 'how long it lasts', '30'),
    run: async ([name, payeeText, text], options) => {
      const amount = parseEnc(text!);
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const payee = await addressOf(session, payeeText!);
      const expiresAt = await inDays(session.client, options.days);
      const words = `open a channel of ${enc(amount)} to ${payeeText} until ${timeOf(expiresAt)} as ${person.name}`;
      const json = { action: 'open', name: person.name, payee, amount: amount.toString(), expiresAt };
      return act(options, { session, person, words, json }, async (writer) => {
        const { channelId, hash } = await openChannel(writer, {
          ...{ payee, amount, expiresAt, key: `vouchers:${randomUUID()}` },
        });
        return { channelId, transaction: hash };
      });
    },
  });

  leaf<Spending & { days?: string }>(terminal, group, {
    usage: 'add <name> <channel> <amount>',
    description: 'add ENC to a channel of yours, or give it more time',
    example: 'encryptech vouchers add developer 0x51c2… 10 --days 60 --yes',
    configure: (command) => void spending(command).option('--days <days>', 'how long it lasts from now on'),
    run: async ([name, id, text], options) => {
      const amount = parseEnc(text!);
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const channel = await channelNamed(session.client, id!);
      const expiresAt = options.days === undefined ? channel.expiresAt : await inDays(session.client, options.days);
      const words = `add ${enc(amount)} to channel ${channel.channelId.slice(0, 10)}, which lasts until ${timeOf(expiresAt)}, as ${person.name}`;
      const { channelId } = channel;
      const json = { action: 'add', name: person.name, channelId, amount: amount.toString(), expiresAt };
      return act(options, { session, person, words, json }, async (writer) => {
        const key = `vouchers:${randomUUID()}`;
        const { hash } = await topUpChannel(writer, { channelId, amount, expiresAt, key });
        return { transaction: hash };
      });
    },
  });

  leaf<{ dir?: string; out?: string }>(terminal, group, {
    usage: 'sign <name> <channel> <total>',
    description: 'sign a voucher over the sum that the payee may have had since the opening; costs no gas',
    example: 'encryptech vouchers sign developer 0x51c2… 1.5 --out voucher.json',
    configure: (command) => void dirOption(command).option('--out <file>', 'write the voucher there'),
    run: async ([name, id, text], { dir, out }) => {
      const session = await openSession(terminal, dir);
      const person = await personNamed(terminal, dir, name!);
      const { channelId, payer, deposit, paid } = await channelNamed(session.client, id!);
      const total = parseEnc(text!);
      if (payer.toLowerCase() !== person.address.toLowerCase()) {
        throw badVoucher(`${person.name} is not the payer of this channel.`, 'Only the payer signs vouchers.');
      }
      if (total <= paid || total > deposit) {
        throw badVoucher(
          `A voucher over ${enc(total)} would be worth nothing: ${enc(paid)} were redeemed and ${enc(deposit)} lie in the channel.`,
          'Name the sum since the opening, not what is paid now.',
        );
      }
      const { deployment } = session.client;
      const account = await unlockWallet(terminal, session.home, person);
      const signature = await signVoucher(deployment, account, { channelId, total });
      const document = {
        ...{ channelId, total: total.toString(), signature },
        ...{ chainId: deployment.chainId, contract: deployment.contracts.vouchers },
      };
      const text_ = JSON.stringify(document, null, 2);
      if (out !== undefined) await writeFile(resolve(terminal.cwd, out), `${text_}\n`);
      return { json: document, text: out === undefined ? text_ : `Voucher over ${enc(total)} in ${out}` };
    },
  });

  leaf<Spending>(terminal, group, {
    usage: 'redeem <name> <file>',
    description: 'bring a voucher to the chain: the payee is credited with what it adds; the channel stays open',
    example: 'encryptech vouchers redeem alpha voucher.json --yes',
    configure: (command) => void spending(command),
    run: async ([name, file], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const { voucher, signature } = await readVoucher(terminal, session, file!);
      const words = `redeem a voucher over ${enc(voucher.total)} of channel ${voucher.channelId.slice(0, 10)} as ${person.name}`;
      const json = {
        action: 'redeem',
        name: person.name,
        channelId: voucher.channelId,
        total: voucher.total.toString(),
      };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await redeemVoucher(writer, { voucher, signature });
        return { transaction: hash };
      });
    },
  });

  leaf<Spending & { voucher?: string }>(terminal, group, {
    usage: 'close <name> <channel>',
    description:
      'the payee ends a channel at once; the payer asks for its end, and takes the rest after the dispute window',
    example: 'encryptech vouchers close alpha 0x51c2… --voucher voucher.json --yes',
    configure: (command) => void spending(command).option('--voucher <file>', 'the payee’s highest voucher'),
    run: async ([name, id], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const channel = await channelNamed(session.client, id!);
      const { channelId } = channel;
      const last = options.voucher === undefined ? undefined : await readVoucher(terminal, session, options.voucher);
      const how = await endOf(session.client, channel, person.address);
      const verb = { close: 'close', request: 'ask for the end of', finish: 'take back the rest of' }[how];
      const words = `${verb} channel ${channelId.slice(0, 10)} as ${person.name}`;
      const json = { action: how, name: person.name, channelId };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await closeChannel(writer, how === 'close' ? { how, channelId, last } : { how, channelId });
        const { closesAt } = await channelFacts(session.client, channelId);
        return { transaction: hash, ...(how === 'request' ? { closesAt } : {}) };
      });
    },
  });

  leaf<Spending>(terminal, group, {
    usage: 'withdraw <name> <amount>',
    description: 'take out what vouchers and closed channels credited',
    example: 'encryptech vouchers withdraw alpha 1.2 --yes',
    configure: (command) => void spending(command),
    run: async ([name, text], options) => {
      const amount = parseEnc(text!);
      const session = await openSession(terminal, options.dir);
      const person = await personNamed(terminal, options.dir, name!);
      const words = `withdraw ${enc(amount)} from channels as ${person.name}`;
      const json = { action: 'withdraw', name: person.name, amount: amount.toString() };
      return act(options, { session, person, words, json }, async (writer) => {
        const { hash } = await withdrawFromChannels(writer, { amount, key: `vouchers:${randomUUID()}` });
        return { transaction: hash };
      });
    },
  });

  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show <name>',
    description: 'open channels from and to an account, and what it can withdraw',
    example: 'encryptech vouchers show alpha',
    configure: (command) => void dirOption(command),
    run: async ([name], { dir }) => {
      const person = await personNamed(terminal, dir, name!);
      const session = await openSession(terminal, dir);
      const [channels, balance] = await withChain(session, (client) =>
        Promise.all([listChannels(client, person.address), channelBalance(client, person.address)]),
      );
      return {
        json: wei({ name: person.name, balance, channels }),
        text: [
          `${person.name} can withdraw ${enc(balance)}`,
          ...channels.map((one) => lineOf(one, person.address)),
        ].join('\n'),
      };
    },
  });
}

function lineOf({ channelId, payer, payee, deposit, paid, expiresAt, closesAt }: ChannelFacts, me: Address): string {
  const pays = payer.toLowerCase() === me.toLowerCase();
  const end = closesAt === 0 ? `until ${timeOf(expiresAt)}` : `closing, last vouchers until ${timeOf(closesAt)}`;
  return `  ${channelId} ${pays ? `to ${payee}` : `from ${payer}`}: ${enc(paid)} of ${enc(deposit)} redeemed, ${end}`;
}

/** What the account can do to end the channel now. */
async function endOf(client: ChainClient, channel: ChannelFacts, me: Address): Promise<'close' | 'request' | 'finish'> {
  const now = await chainTime(client);
  const end = channel.closesAt === 0 ? channel.expiresAt : Math.min(channel.closesAt, channel.expiresAt);
  if (now > end) return 'finish';
  if (channel.payee.toLowerCase() === me.toLowerCase()) return 'close';
  return channel.closesAt === 0 ? 'request' : 'finish';
}

const inDays = async (client: ChainClient, days: string): Promise<number> =>
  (await chainTime(client)) + Math.round(numberOption('--days', days) * DAY_SEC);

async function addressOf({ home }: Session, text: string): Promise<Address> {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Address;
  const person = (await listPeople(home)).find(({ name }) => name === text);
  if (person !== undefined) return person.address;
  throw cliError({
    code: 'cli.noAccount',
    message: `"${text}" is neither an address nor an account here.`,
    hint: 'encryptech account list shows all names.',
  });
}

/** The open channel whose id starts like that. */
async function channelNamed(client: ChainClient, id: string): Promise<ChannelFacts> {
  const start = id.replace(/…$/, '').toLowerCase();
  const found =
    start.length < 6 ? [] : (await listChannels(client)).filter(({ channelId }) => channelId.startsWith(start));
  if (found.length === 1) return found[0]!;
  throw cliError({
    code: 'cli.badOption',
    message: found.length === 0 ? `There is no open channel ${id}.` : `Several channels begin with ${id}.`,
    place: 'channel',
    hint: 'encryptech vouchers show NAME lists them.',
  });
}

async function readVoucher(
  terminal: Terminal,
  { client }: Session,
  file: string,
): Promise<{ voucher: Voucher; signature: Hex }> {
  const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw cliError({ code: 'cli.fileMissing', message: `There is no file ${file}.`, place: file });
  }
  const { chainId, contracts } = client.deployment;
  let document: { channelId: Hex; total: string; signature: Hex; chainId: number; contract: Address };
  try {
    document = JSON.parse(text) as typeof document;
    if (!/^\d+$/.test(document.total) || !/^0x[0-9a-f]{64}$/i.test(document.channelId)) throw new TypeError('voucher');
  } catch {
    throw badVoucher(`${file} holds no voucher.`, 'Vouchers are made by: encryptech vouchers sign');
  }
  if (document.chainId !== chainId || document.contract.toLowerCase() !== contracts.vouchers.toLowerCase()) {
    throw badVoucher(`${file} is a voucher of another network.`, 'Name that network’s state directory with --dir.');
  }
  const voucher = { channelId: document.channelId, total: BigInt(document.total) };
  const { payer } = await channelNamed(client, voucher.channelId);
  const signer = await voucherSigner(client.deployment, voucher, document.signature).catch(() => undefined);
  if (signer?.toLowerCase() !== payer.toLowerCase() && !(await isContract(client, payer))) {
    throw badVoucher(`${file} is not signed by the channel’s payer.`, 'Ask the payer for a new one.');
  }
  return { voucher, signature: document.signature };
}

/** A wallet contract judges its signatures itself. */
const isContract = async ({ public: node }: ChainClient, address: Address): Promise<boolean> =>
  ((await node.getCode({ address })) ?? '0x') !== '0x';

const badVoucher = (message: string, hint: string): Error =>
  cliError({ code: 'cli.badFile', message, place: 'voucher', hint });
