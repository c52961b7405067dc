import type { Address } from '@encryptech/base';
import { attestationsAbi, providersAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** What a match asks about a provider. */
export interface ProviderFacts {
  registered: boolean;
  active: boolean;
  url: string;
  /** Micro-units of work a second, as declared. */
  speed: bigint;
  reputationBps: number;
  /** Posted wei a unit for reserved work; 0 where none was posted. */
  ask: bigint;
  /** Security level now: 0 without a valid attestation. */
  level: number;
  /** Wei of stake that counts now and no job holds. */
  freeStake: bigint;
  lockedStake: bigint;
}

/** A provider as it is on the chain now; all of it at the time of the pending block, as a match sent now would see it. */
export async function providerFacts(client: ChainClient, account: Address): Promise<ProviderFacts> {
  const { public: node, deployment } = client;
  const { providers, attestations, staking } = deployment.contracts;
  const at = { args: [account], blockTag: 'pending' } as const;
  const register = { address: providers, abi: providersAbi, ...at } as const;
  const [facts, url, reputationBps, level, freeStake, lockedStake] = await decodingErrors(
    Promise.all([
      node.readContract({ ...register, functionName: 'provider' }),
      node.readContract({ ...register, functionName: 'urlOf' }),
      node.readContract({ ...register, functionName: 'reputationBps' }),
      node.readContract({ address: attestations, abi: attestationsAbi, functionName: 'levelOf', ...at }),
      node.readContract({ address: staking, abi: stakingAbi, functionName: 'freeStake', ...at }),
      node.readContract({ address: staking, abi: stakingAbi, functionName: 'lockedStake', ...at }),
    ]),
  );
  const { active, speed, ask } = facts;
  return { registered: speed > 0n, active, url, speed, ask, reputationBps, level, freeStake, lockedStake };
}
