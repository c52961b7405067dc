import {
  chainTime,
  decodingErrors,
  dismissFault,
  executeFault,
  FAULT_STATES,
  faultsAbi,
  stakeFacts,
  type ChainClient,
  type ChainWriter,
  type Log,
} from '@encryptech/chain';
import { isEncryptechError } from '@encryptech/base';
import type { Metrics } from '../metrics.ts';

/** Faults of one round. */
const MOST_FAULTS = 64;
/** Requests for stake on its way out that one execution names. */
const MOST_REQUESTS = 32;
const LATER_SEC = 600;

export interface ExecutorDeps {
  client: ChainClient;
  writer: ChainWriter;
  metrics: Metrics;
  log: Log;
}

/**
 * A keeper that ends faults whose window is over: takes the penalty where nobody contested or the contest was answered, and
 * dismisses what was contested and not answered. Anybody may; the contract says when.
 *
 * @throws `chain.unreachable`
 */
export function createFaultExecutor({ client, writer, metrics, log }: ExecutorDeps): () => Promise<void> {
  const { public: node, deployment } = client;
  const at = { address: deployment.contracts.faults, abi: faultsAbi } as const;
  const open = new Set<bigint>();
  const notBefore = new Map<bigint, number>();
  let known = 0n;

  const end = async (id: bigint, now: number): Promise<void> => {
    const fault = await decodingErrors(node.readContract({ ...at, functionName: 'fault', args: [id] }));
    const state = FAULT_STATES[fault.state];
    if (state === 'executed' || state === 'voided') return void open.delete(id);
    if (state !== 'upheld' && fault.decideBy >= now) return void notBefore.set(id, fault.decideBy + 1);
    const isContested = state === 'contested';
    const key = `${isContested ? 'dismiss' : 'execute'}Fault:${id}`;
    try {
      if (isContested) await dismissFault(writer, { faultId: id, key });
      else await executeFault(writer, { faultId: id, requests: await requestsFor(id, fault.provider), key });
      metrics.kept.inc({ action: isContested ? 'dismissFault' : 'executeFault' });
      const reason = isContested ? 'It was contested and nobody answered in time' : 'Its window is over';
      log.info(
        { faultId: id.toString(), provider: fault.provider, reason },
        isContested ? 'Dismissed a fault' : 'Executed a fault',
      );
      open.delete(id);
    } catch (error) {
      if (!isEncryptechError(error) || error.code === 'chain.unreachable') throw error;
      notBefore.set(id, now + LATER_SEC);
      log.warn({ faultId: id.toString(), code: error.code }, 'A fault could not be ended yet');
    }
  };

  /** Stake on its way out is named only where the rest does not cover the penalty. */
  const requestsFor = async (id: bigint, provider: `0x${string}`): Promise<bigint[]> => {
    const penalty = await decodingErrors(node.readContract({ ...at, functionName: 'penaltyOf', args: [id] }));
    const { provide } = await stakeFacts(client, provider);
    if (provide.active >= penalty) return [];
    return provide.unbonding.map((request) => request.id).slice(0, MOST_REQUESTS);
  };

  return async () => {
    const count = await decodingErrors(node.readContract({ ...at, functionName: 'count' }));
    for (; known < count; known++) open.add(known + 1n);
    if (open.size === 0) return;
    const now = await chainTime(client);
    const due = [...open].filter((id) => (notBefore.get(id) ?? 0) <= now).slice(0, MOST_FAULTS);
    for (const id of due) await end(id, now);
  };
}
