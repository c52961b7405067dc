import { isEncryptechError } from '@encryptech/base';
import { createJobCloser, type CloserDeps } from './job-closer.ts';
import { createFeeCollector } from './fee-collector.ts';
import { createRewardTallier } from './reward-tallier.ts';

/**
 * One round of what has time: each task by itself, so that one which fails does not hold up the others.
 *
 * @throws the first error that is none of a contract's, after all tasks had their turn
 */
export function createUpkeep(deps: CloserDeps & { config: { collectFeesSec: number } }): () => Promise<void> {
  const { client, writer, metrics, log, config } = deps;
  const tasks: Record<string, () => Promise<unknown>> = {
    close: createJobCloser(deps),
    tally: createRewardTallier(deps),
    collectFees: createFeeCollector({ client, writer, metrics, log, periodSec: config.collectFeesSec }),
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
