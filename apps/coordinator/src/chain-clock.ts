import { chainTime, type ChainClient } from '@encryptech/chain';

/** Seconds since 1970 by the chain's clock. */
export type ChainClock = () => Promise<number>;

/**
 * The chain's time for requests: asked of the node once in `freshMs` at most, told by this machine's clock in between, and
 * also while the node does not answer.
 *
 * @throws `chain.unreachable` only when the node never answered
 */
export function createChainClock(client: Pick<ChainClient, 'public'>, freshMs = 1_000): ChainClock {
  let aheadMs: number | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - askedAt >= freshMs) {
      askedAt = performance.now();
      try {
        aheadMs = (await chainTime(client)) * 1000 - Math.floor(Date.now() / 1000) * 1000;
      } catch (error) {
        if (aheadMs === undefined) throw error;
      }
    }
    // Somebody else is asking for the first time.
    if (aheadMs === undefined) return chainTime(client);
    return Math.floor((Date.now() + aheadMs) / 1000);
  };
}
