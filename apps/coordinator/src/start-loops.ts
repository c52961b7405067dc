import type { Indexer, IntentSender, Log } from '@encryptech/chain';
import { isEncryptechError } from '@encryptech/base';
import type { Metrics } from './metrics.ts';
import { repeat, type Repeating } from './repeat.ts';

const SWEEP_MS = 3_600_000;

export interface LoopsOptions {
  indexer: Indexer;
  /** `recovered` is the recovery of its start. */
  sender: IntentSender & { recovered: Promise<unknown> };
  /** One round of each; `match` and `keep` run with the index up to date. */
  match: () => Promise<unknown>;
  keep: () => Promise<unknown>;
  /** What has time: fees, reservations, rewards. */
  upkeep: () => Promise<unknown>;
  sweep: () => Promise<unknown>;
  /** Asks providers for heartbeats until the signal. */
  monitor: (signal: AbortSignal) => Promise<void>;
  config: { tickMs: number; recheckMs: number; upkeepMs: number };
  metrics: Metrics;
  log: Log;
}

export interface Loops {
  /** Something happened that may change the market. */
  wake(): void;
  /** The chain forgot transactions: they are sent again before the market is cleared. */
  recover(): void;
  /** What fails at the moment. */
  problems(): string[];
  /** Ends all rounds; transactions under way are left to the next start. */
  stop(): Promise<void>;
}

/** Runs the index, the matcher, the keepers and the sweeper, each in a loop of its own. */
export function startLoops(options: LoopsOptions): Loops {
  const { indexer, sender, match, keep, upkeep, sweep, monitor, config, metrics, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const failing = new Map<string, string>();

  let recovery: Promise<unknown> = sender.recovered;
  const recover = (): void => {
    recovery = sender.recover();
    recovery.catch(() => undefined);
  };
  /** What an earlier run or another branch left under way may hold matches: they are decided, and in the index, first. */
  const settleThePast = async (): Promise<void> => {
    for (let seen: Promise<unknown> | undefined; seen !== recovery;) {
      seen = recovery;
      try {
        await seen;
      } catch (error) {
        if (seen === recovery) recover();
        throw error;
      }
      await indexer.catchUp();
    }
  };

  const loop = (name: string, periodMs: number, work: () => Promise<unknown>): Repeating =>
    repeat({
      ...{ work, periodMs, signal },
      onRound: (error) => {
        if (error === undefined) return void failing.delete(name);
        const code = isEncryptechError(error) ? error.code : 'unexpected';
        failing.set(name, code);
        metrics.failedRounds.inc({ loop: name });
        // Foreseen errors say all in their code; others are bugs, and the log wants to know where.
        const said = error instanceof Error && code === 'unexpected' ? error.stack : String(error);
        log.warn({ loop: name, code, error: said }, 'A round failed and is tried again');
      },
    });

  const matching = loop('matching', config.recheckMs, async () => {
    await settleThePast();
    await match();
  });
  const keeping = loop('keeping', config.tickMs, async () => {
    await indexer.catchUp();
    await keep();
  });
  const maintaining = loop('upkeep', config.upkeepMs, async () => {
    await indexer.catchUp();
    await upkeep();
  });
  const sweeping = loop('sweeping', SWEEP_MS, sweep);
  const indexing = indexer.run(signal);
  const monitoring = monitor(signal);

  return {
    wake: matching.wake,
    recover,
    problems: () => [...failing].map(([name, code]) => `${name}: ${code}`),
    stop: async () => {
      stopping.abort();
      await Promise.all([
        sender.close(),
        matching.done,
        keeping.done,
        maintaining.done,
        sweeping.done,
        indexing,
        monitoring,
      ]);
    },
  };
}
