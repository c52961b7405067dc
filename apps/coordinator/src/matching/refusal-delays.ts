import type { Hex } from '@encryptech/base';

const FIRST_DELAY_SEC = 5;
const LONGEST_DELAY_SEC = 600;

/**
 * Which orders wait because the contract refused their match. The facts said that it would take it, so something that the
 * market does not see stands in the way; proposing it again at once would only burn gas.
 */
export interface RefusalDelays {
  refused(jobId: Hex, now: number): void;
  matched(jobId: Hex): void;
  isWaiting(jobId: Hex, now: number): boolean;
}

/** Delays that double with each refusal in a row, by the chain's clock; kept in memory. */
export function createRefusalDelays(): RefusalDelays {
  const waiting = new Map<Hex, { until: number; delaySec: number }>();
  return {
    refused(jobId, now) {
      for (const [id, { until, delaySec }] of waiting) if (now > until + delaySec) waiting.delete(id);
      const last = waiting.get(jobId)?.delaySec;
      const delaySec = last === undefined ? FIRST_DELAY_SEC : Math.min(LONGEST_DELAY_SEC, last * 2);
      waiting.set(jobId, { until: now + delaySec, delaySec });
    },
    matched: (jobId) => void waiting.delete(jobId),
    isWaiting: (jobId, now) => now < (waiting.get(jobId)?.until ?? 0),
  };
}
