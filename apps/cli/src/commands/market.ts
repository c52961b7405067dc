import type { Command } from 'commander';
import { formatEnc } from '@encryptech/base';
import { recentMatches, type RecentMatch } from '@encryptech/chain';
import { leaf } from '../leaf.ts';
import { numberOption } from '../number-option.ts';
import { listPeople } from '../network/person.ts';
import { openSession, type Session } from '../network/session.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech market`: who offers compute at what price, and what was paid lately. */
export function marketCommand(program: Command, terminal: Terminal): void {
  leaf<{ dir?: string; last: string }>(terminal, program, {
    usage: 'market',
    description: 'offers with their providers, levels and reputation, and the rates of the last matches',
    example: 'encryptech market --last 5',
    configure: (command) =>
      void command
        .option('--dir <folder>', 'state directory')
        .option('--last <count>', 'how many of the last matches', '10'),
    run: async (_args, { dir, last }) => {
      const session = await openSession(terminal, dir);
      const [status, { offers }, matches, nameOf] = await Promise.all([
        session.coordinator.getStatus(),
        session.coordinator.getOffers(),
        recentMatches(session.client, { limit: Math.max(0, Math.trunc(numberOption('--last', last))) }),
        namesIn(session),
      ]);
      const standing = offers
        .map(({ id, offer, provider }) => ({ id, ...offer, ...provider, name: nameOf(provider.address) ?? null }))
        .sort((a, b) => (a.ask < b.ask ? -1 : a.ask > b.ask ? 1 : 0));
      const rates = spreadOf(matches);
      return {
        json: wei({ paused: status.paused, openOrders: status.market.openOrders, offers: standing, matches, rates }),
        text: [
          `${status.market.openOrders} open orders, ${standing.length} offers${status.paused ? '; new business is paused' : ''}`,
          '',
          'ENC a unit  level  reputation  speed/s     free stake  provider',
          ...standing.map(({ ask, level, reputationBps, speed, freeStake, active, address, name }) =>
            [
              formatEnc(ask, 6).padStart(10),
              String(level).padStart(6),
              `${(reputationBps / 100).toFixed(1)} %`.padStart(11),
              String(speed).padStart(8),
              `${formatEnc(freeStake, 2)} ENC`.padStart(14),
              ` ${name ?? address}${active ? '' : ' (takes no jobs now)'}`,
            ].join(' '),
          ),
          '',
          rates === undefined
            ? 'Nothing was matched yet.'
            : `Last matches (${matches.length}): ${formatEnc(rates.lowest, 6)} to ${formatEnc(rates.highest, 6)} ENC a unit, median ${formatEnc(rates.median, 6)}`,
          ...matches.map(({ at, rate, price, provider, jobId }) =>
            [
              new Date(at * 1000).toISOString(),
              formatEnc(rate, 6).padStart(10),
              `${formatEnc(price, 4)} ENC`.padStart(16),
              ` ${nameOf(provider) ?? provider}  job ${jobId.slice(0, 10)}…`,
            ].join(' '),
          ),
        ].join('\n'),
      };
    },
  });
}

/** How addresses are called in the state directory. */
async function namesIn({ home }: Session): Promise<(address: string) => string | undefined> {
  const names = new Map((await listPeople(home)).map(({ name, address }) => [address.toLowerCase(), name]));
  return (address) => names.get(address.toLowerCase());
}

/** Lowest, median (the lower of two in the middle) and highest rate; undefined without a match. */
function spreadOf(matches: readonly RecentMatch[]): Record<'lowest' | 'median' | 'highest', bigint> | undefined {
  const rates = matches.map(({ rate }) => rate).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (rates.length === 0) return undefined;
  return { lowest: rates[0]!, median: rates[Math.floor((rates.length - 1) / 2)]!, highest: rates.at(-1)! };
}
