import type { Address } from '@encryptech/base';
import { encTokenAbi, jobsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { STAKE_POOLS, type StakePool } from '../stake-pool.ts';

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
  const stakeOf = (pool: StakePool) =>
    node.readContract({
      address: staking,
      abi: stakingAbi,
      functionName: 'stakeOf',
      args: [STAKE_POOLS[pool], account],
    });
  const [enc, deposit, reserve, provide, gasMoney] = await decodingErrors(
    Promise.all([
      node.readContract({ address: token, abi: encTokenAbi, functionName: 'balanceOf', args: [account] }),
      node.readContract({ address: jobs, abi: jobsAbi, functionName: 'balanceOf', args: [account] }),
      stakeOf('reserve'),
      stakeOf('provide'),
      node.getBalance({ address: account }),
    ]),
  );
  const unbonding = reserve.unbonding + provide.unbonding;
  return { enc, deposit, reserveStake: reserve.active, provideStake: provide.active, unbonding, gasMoney };
}
