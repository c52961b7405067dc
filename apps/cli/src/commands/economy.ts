import type { Command } from 'commander';
import { formatEnc } from '@encryptech/base';
import { readEconomy, type Economy, type PriceFacts } from '@encryptech/chain';
import { EXIT } from '../exit-code.ts';
import { leaf } from '../leaf.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech economy`: where every wei of ENC is, and whether it adds up. */
export function economyCommand(program: Command, terminal: Terminal): void {
  leaf<{ dir?: string }>(terminal, program, {
    usage: 'economy',
    description: 'where every ENC is: treasury, ecosystem, founders, stakes, escrow, fees; and whether it adds up',
    example: 'encryptech economy --json',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async (_args, { dir }) => {
      const economy = await withChain(await openSession(terminal, dir), readEconomy);
      return {
        json: wei(economy),
        text: textOf(economy),
        exitCode: economy.addsUp ? EXIT.ok : EXIT.unexpected,
      };
    },
  });
}

const WORDS: Readonly<Record<string, string>> = {
  treasury: 'treasury',
  ecosystemFund: 'ecosystem fund',
  jobs: 'jobs',
  staking: 'stakes',
  founderVesting: 'founders',
  vested: 'vested, not fetched yet',
  unvested: 'not vested',
  owed: 'bonds, and shares of penalties',
  vouchers: 'payment channels',
  channels: 'open channels',
  held: 'held',
  balances: 'deposits and earnings of users',
  escrow: 'escrow of running jobs',
  uncollectedFees: 'fees not collected yet',
  reserve: 'reserve pool',
  provide: 'provide pool',
  unbonding: 'on its way out',
  faults: 'bonds and shares of faults',
  attestations: 'bonds of verifiers',
  unclaimedByAny: 'sent there by mistake',
};
const wordsOf = (name: string): string => WORDS[name] ?? name;

function priceLine({ encUsdE8, problem, isDevelopment }: PriceFacts): string {
  const said =
    encUsdE8 === undefined
      ? `none now (${problem}): desk and gateway sell nothing until there is one`
      : `${(Number(encUsdE8) / 1e8).toFixed(4)} dollars an ENC`;
  const label = isDevelopment ? ', a development price: this network’s own keys report it, no market is behind it' : '';
  return `price ${said}${label}`;
}

function textOf({
  block,
  at,
  supply,
  holdings,
  inHands,
  circulating,
  emission,
  price,
  checks,
  addsUp,
}: Economy): string {
  const line = (indent: number, words: string, amount: bigint): string => {
    // Points below each other: whole ENC to the left of them, at most six digits to the right.
    const [whole = '', digits] = formatEnc(amount, 6).split('.');
    const shown = `${whole.padStart(14)}${(digits === undefined ? '' : `.${digits}`).padEnd(7)}`;
    return `${' '.repeat(indent)}${words.padEnd(36 - indent)} ${shown} ENC`;
  };
  return [
    `Block ${block}, ${new Date(at * 1000).toISOString()}`,
    line(0, 'supply', supply.total),
    line(2, 'cap', supply.cap),
    line(2, 'not minted yet', supply.unminted),
    line(2, 'in circulation', circulating),
    line(0, 'emission for providers', emission.total),
    line(2, 'minted so far', emission.minted),
    line(2, 'allotted, not claimed yet', emission.allotted - emission.minted),
    line(2, 'left', emission.remaining),
    `  epoch ${emission.epoch} (${emission.epochLengthSec} s) emits ${formatEnc(emission.next.least, 2)} to ${formatEnc(emission.next.most, 2)} ENC, by demand`,
    priceLine(price),
    ...holdings.flatMap(({ contract, balance, parts }) => {
      const named = Object.entries(parts);
      const single = named.length === 1;
      return [
        line(0, wordsOf(contract), balance),
        ...(single ? [] : named.map(([name, amount]) => line(2, wordsOf(name), amount))),
      ];
    }),
    line(0, `in the hands of ${inHands.accounts} accounts`, inHands.amount),
    '',
    ...checks.map(
      ({ says, left, right, ok }) => `${ok ? 'ok   ' : 'WRONG'} ${says}${ok ? '' : ` ${left} / ${right} wei`}`,
    ),
    addsUp ? 'It adds up, to the wei.' : 'It does not add up. Please report this.',
  ].join('\n');
}
