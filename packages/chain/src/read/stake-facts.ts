import type { Address } from '@encryptech/base';
import { stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { STAKE_POOLS, type StakePool } from '../stake-pool.ts';

/** An account's stake in one pool, in wei. */
export interface StakeFacts {
  active: bigint;
  /** The part of it that running jobs hold. */
  locked: bigint;
  /** What counts in the running epoch; new stake counts from the next one on. */
  counted: bigint;
  /** All accounts' counted stake. */
  countedOfAll: bigint;
  /** Requests that are not paid out yet: what each would pay now, and the second from which it does. */
  unbonding: { id: bigint; assets: bigint; availableAt: number }[];
}

/** An account's stake in both pools at the time of the pending block, with the running epoch's number. */
export async function stakeFacts(
  client: ChainClient,
  account: Address,
): Promise<{ epoch: bigint; epochLengthSec: number } & Record<StakePool, StakeFacts>> {
  const { public: node, deployment } = client;
  const staking = { address: deployment.contracts.staking, abi: stakingAbi, blockTag: 'pending' } as const;
  const read = async (): Promise<{ epoch: bigint; epochLengthSec: number } & Record<StakePool, StakeFacts>> => {
    const epoch = await node.readContract({ ...staking, functionName: 'epoch' });
    const length = await node.readContract({ ...staking, functionName: 'EPOCH_LENGTH' });
    const inPool = async (name: StakePool): Promise<StakeFacts> => {
      const args = [STAKE_POOLS[name], account] as const;
      const [stake, counted, countedOfAll, count] = await Promise.all([
        node.readContract({ ...staking, functionName: 'stakeOf', args }),
        node.readContract({ ...staking, functionName: 'stakeAt', args: [...args, epoch] }),
        node.readContract({ ...staking, functionName: 'totalStakeAt', args: [args[0], epoch] }),
        node.readContract({ ...staking, functionName: 'unbondingCount', args }),
      ]);
      const ids = Array.from({ length: Number(count) }, (_, id) => BigInt(id));
      const requests = await Promise.all(
        ids.map(async (id) => {
          const request = await node.readContract({ ...staking, functionName: 'unbondingOf', args: [...args, id] });
          // A slash of everything starts a new generation; requests of older ones are worth nothing.
          const holds = request.generation === stake.generation;
          const assets = holds ? (request.shares * (stake.unbonding + 1n)) / (stake.unbondingShares + 1n) : 0n;
          return { id, assets, availableAt: request.availableAt, isOpen: request.shares > 0n };
        }),
      );
      return {
        ...{ active: stake.active, locked: stake.locked, counted, countedOfAll },
        unbonding: requests
          .filter(({ isOpen }) => isOpen)
          .map(({ id, assets, availableAt }) => ({ id, assets, availableAt })),
      };
    };
    const [reserve, provide] = await Promise.all([inPool('reserve'), inPool('provide')]);
    return { epoch, epochLengthSec: Number(length), reserve, provide };
  };
  return decodingErrors(read());
}
