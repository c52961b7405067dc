import { stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** Seconds from asking for stake back to getting it; fixed at deployment. */
export const unbondingPeriodSec = async ({ public: node, deployment }: ChainClient): Promise<number> =>
  Number(
    await decodingErrors(
      node.readContract({ address: deployment.contracts.staking, abi: stakingAbi, functionName: 'UNBONDING_PERIOD' }),
    ),
  );
