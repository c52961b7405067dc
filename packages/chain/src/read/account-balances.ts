import type { Address } from '@encryptech/base';
import { encTokenAbi, jobsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { STAKE_POOLS } from '../stake-pool.ts';

/** Everything that an account has, in wei. */
export interface AccountBalances {
  /** ENC in its own hands. */
  enc: bigint;
  /** ENC in Jobs: deposited, earned, refunded. */
  deposit: bigint;
  /** ENC staked in each pool, and on its way out. */
  reserveStake: bigint;
  provideStake: bigint;
  unbonding: bigint;
  /** The chain's own coin, which pays for gas. */
  gasMoney: bigint;
}

/** What an account has on the chain now. */
export async function accountBalances(client: ChainClient, account: Address): Promise<AccountBalances> {
  const { public: node, deployment } = client;
  const { token, jobs, staking } = deployment.contracts;
  const pool = (functionName: 'activeStake' | 'unbondingStake', name: keyof typeof STAKE_POOLS) =>
    node.readContract({ address: staking, abi: stakingAbi, functionName, args: [STAKE_POOLS[name], account] });
  const [enc, deposit, reserveStake, provideStake, leavingReserve, leavingProvide, gasMoney] = await decodingErrors(
    Promise.all([
      node.readContract({ address: token, abi: encTokenAbi, functionName: 'balanceOf', args: [account] }),
      node.readContract({ address: jobs, abi: jobsAbi, functionName: 'balanceOf', args: [account] }),
      pool('activeStake', 'reserve'),
      pool('activeStake', 'provide'),
      pool('unbondingStake', 'reserve'),
      pool('unbondingStake', 'provide'),
      node.getBalance({ address: account }),
    ]),
  );
  return { enc, deposit, reserveStake, provideStake, unbonding: leavingReserve + leavingProvide, gasMoney };
}
