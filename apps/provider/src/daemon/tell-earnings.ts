import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '@encryptech/base';
import { watchEvents, type ChainClient } from '@encryptech/chain';
import {
  describeEpochEarning,
  describeJobEarning,
  EARNINGS_CONTRACTS,
  explainOnChain,
  openEarningsBook,
  type EarningsNews,
} from '@encryptech/sdk';
import type { WatchState } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import { untilDone } from './until-done.ts';

const PAUSE_MS = 60_000;

export interface TellOptions {
  client: ChainClient;
  account: Address;
  /** How far it was told already, over restarts. */
  state: Pick<WatchState, 'nextBlock' | 'reach'>;
  /** Kept at the epochs that were counted for the account and not paid, as far as the chain was read. */
  unclaimed: Set<bigint>;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Writes one line into the log for each job that ended, each epoch that was counted and each reward that was paid, with what stands
 * behind the amount, until the signal. At its start it reads the chain from the deployment on, so that sums and reputation are whole;
 * what an earlier run told is not told again.
 */
export async function tellEarnings({ client, account, state, unclaimed, log, signal }: TellOptions): Promise<void> {
  const onRetry = (error: unknown): void => log.warn({ err: error }, 'A line about earnings waits');
  const tell = async (news: EarningsNews): Promise<void> => {
    if (news.kind === 'job') {
      const { jobId, attempt, paid, treasuryFee, rate } = news.job;
      const amounts = { paid: String(paid), treasuryFee: String(treasuryFee), rate: String(rate) };
      return log.info({ jobId, attempt, ...amounts }, `Earned: ${describeJobEarning(news.job)}`);
    }
    const earning = await untilDone(() => explainOnChain(client, account, news.record), { signal, onRetry });
    const { epoch, share, bonus, score, state: where } = earning;
    const amounts = { epoch: String(epoch), score: String(score), share: String(share), bonus: String(bonus) };
    log.info({ ...amounts, state: where }, `Earned: ${describeEpochEarning(earning)}`);
  };

  while (!signal.aborted) {
    const book = await openEarningsBook(client, account);
    unclaimed.clear();
    for await (const told of watchEvents(client, EARNINGS_CONTRACTS, { signal, log })) {
      const next = state.nextBlock ?? 0n;
      if (told.kind === 'event') {
        const news = book.take(told.event);
        if (news?.kind === 'tallied') unclaimed.add(news.record.epoch);
        if (news?.kind === 'claimed') unclaimed.delete(news.record.epoch);
        if (news !== undefined && told.event.block >= next) await tell(news);
      } else if (told.kind === 'reached') {
        if (told.block >= next) await state.reach(told.block + 1n);
      } else {
        if (told.block < next) await state.reach(told.block + 1n);
        // The book holds what did not happen: it is begun again.
        break;
      }
    }
  }
}

/** `tellEarnings` for a daemon that works on without it: what breaks it off is logged, and it begins again a minute later. */
export async function keepTellingEarnings(options: TellOptions): Promise<void> {
  const { log, signal } = options;
  while (!signal.aborted) {
    try {
      await tellEarnings(options);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'Earnings are not told for now');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
