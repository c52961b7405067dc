import { isEncryptechError } from '@encryptech/base';
import type { BeatBook } from '../heartbeats/beat-book.ts';
import type { SlotNow } from '../heartbeats/epoch-clock.ts';
import { createBeatPoster } from './beat-poster.ts';
import { createCapacityRefresher } from './capacity-refresher.ts';
import { createFaultExecutor } from './fault-executor.ts';
import { createFaultReporter } from './fault-reporter.ts';
import { createJobCloser, type CloserDeps } from './job-closer.ts';
import { createFeeCollector } from './fee-collector.ts';
import { createRewardTallier } from './reward-tallier.ts';

/**
 * One round of what has time: each task by itself, so that one which fails does not hold up the others.
 *
 * @throws the first error that is none of a contract's, after all tasks had their turn
 */
export function createUpkeep(
  deps: CloserDeps & {
    config: { collectFeesSec: number; faults: { propose: boolean; restEpochs: number } };
    beats: BeatBook;
    clock: () => Promise<SlotNow>;
  },
): () => Promise<void> {
  const { client, writer, metrics, log, config } = deps;
  const tasks: Record<string, () => Promise<unknown>> = {
    close: createJobCloser(deps),
    // Beats first: what is tallied before them lacks its availability until the next round.
    postBeats: createBeatPoster(deps),
    refreshCapacity: createCapacityRefresher(deps),
    tally: createRewardTallier(deps),
    collectFees: createFeeCollector({ client, writer, metrics, log, periodSec: config.collectFeesSec }),
    ...(config.faults.propose
      ? { proposeFaults: createFaultReporter({ ...deps, restEpochs: config.faults.restEpochs }) }
      : {}),
    executeFaults: createFaultExecutor(deps),
  };
  return async () => {
    const failures: unknown[] = [];
    for (const [task, work] of Object.entries(tasks)) {
      try {
        await work();
      } catch (error) {
        if (!isEncryptechError(error) || error.code === 'chain.unreachable') failures.push(error);
        else
          log.warn({ task, code: error.code, error: error.message }, 'A task of the keeper waits for the next round');
      }
    }
    if (failures.length > 0) throw failures[0];
  };
}
