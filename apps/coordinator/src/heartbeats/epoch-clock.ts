import { capacityAbi, chainTime, decodingErrors, stakingAbi, type ChainClient } from '@encryptech/chain';

/** Where the chain's clock stands. */
export interface SlotNow {
  epoch: number;
  slot: number;
  /** Milliseconds until the slot is over, and its whole length. */
  leftMs: number;
  lengthMs: number;
}

/** Reads the running slot by the chain's clock; what never changes is read once. Twin of `Capacity.slot` and `EpochClock`. */
export function createEpochClock(client: ChainClient): () => Promise<SlotNow> {
  const { public: node, deployment } = client;
  const { staking, capacity } = deployment.contracts;
  let fixed: Promise<{ genesis: number; epochSec: number; slots: number }> | undefined;
  const readFixed = async () => {
    const of = { address: staking, abi: stakingAbi } as const;
    const [genesis, epochSec, slots] = await decodingErrors(
      Promise.all([
        node.readContract({ ...of, functionName: 'epochStart', args: [0n] }),
        node.readContract({ ...of, functionName: 'EPOCH_LENGTH' }),
        node.readContract({ address: capacity, abi: capacityAbi, functionName: 'SLOTS' }),
      ]),
    );
    return { genesis: Number(genesis), epochSec: Number(epochSec), slots: Number(slots) };
  };
  return async () => {
    fixed ??= readFixed();
    const { genesis, epochSec, slots } = await fixed.catch((error: unknown) => {
      fixed = undefined;
      throw error;
    });
    const elapsed = (await chainTime(client)) - genesis;
    const inEpoch = elapsed % epochSec;
    const slot = Math.floor((inEpoch * slots) / epochSec);
    // A slot ends at the first whole second that belongs to the next one.
    const end = Math.ceil(((slot + 1) * epochSec) / slots);
    const start = Math.ceil((slot * epochSec) / slots);
    return {
      ...{ epoch: Math.floor(elapsed / epochSec), slot },
      ...{ leftMs: (end - inEpoch) * 1_000, lengthMs: (end - start) * 1_000 },
    };
  };
}
