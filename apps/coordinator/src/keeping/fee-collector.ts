import {
  chainTime,
  collectFees,
  decodingErrors,
  jobsAbi,
  type ChainClient,
  type ChainWriter,
  type Log,
} from '@encryptech/chain';
import type { Metrics } from '../metrics.ts';

export interface FeesDeps {
  client: ChainClient;
  writer: ChainWriter;
  metrics: Metrics;
  /** Once in that many seconds at most. */
  periodSec: number;
  log: Log;
}

/**
 * A keeper that sends the fees of settled work to the treasury, once in each period at most: what anybody may do and somebody
 * has to. The period's number is part of the transaction's key, so a restart does not repeat it.
 *
 * @throws `chain.unreachable`, and what the contract says
 */
export function createFeeCollector({ client, writer, metrics, periodSec, log }: FeesDeps): () => Promise<void> {
  let lastPeriod = -1;
  return async () => {
    const period = Math.floor((await chainTime(client)) / periodSec);
    if (period === lastPeriod) return;
    const { public: node, deployment } = client;
    const at = { address: deployment.contracts.jobs, abi: jobsAbi } as const;
    const waiting = await decodingErrors(node.readContract({ ...at, functionName: 'uncollectedFees' }));
    if (waiting === 0n) return;
    const block = await decodingErrors(node.getBlockNumber());
    const { blockNumber } = await collectFees(writer, { key: `collectFees:${periodSec}:${period}` });
    lastPeriod = period;
    // An earlier run may have sent this period's transaction: then that one came back.
    if (blockNumber <= block) return;
    metrics.kept.inc({ action: 'collectFees' });
    log.info({ wei: waiting.toString(), reason: 'Fees of settled jobs belong to the treasury' }, 'Collected fees');
  };
}
