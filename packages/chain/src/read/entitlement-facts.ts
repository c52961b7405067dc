import type { Address } from '@encryptech/base';
import { entitlementsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** An account's reserved computing in the running epoch, in micro-units of work: P_u = s_u/Σs × P_total. */
export interface EntitlementFacts {
  entitled: bigint;
  used: bigint;
  left: bigint;
}

/** What the account may still order in class reserved, at the time of the pending block. */
export async function entitlementFacts(
  { public: node, deployment }: ChainClient,
  account: Address,
): Promise<EntitlementFacts> {
  const at = { address: deployment.contracts.entitlements, abi: entitlementsAbi, blockTag: 'pending' } as const;
  const [used, left] = await decodingErrors(
    Promise.all([
      node.readContract({ ...at, functionName: 'usedOf', args: [account] }),
      node.readContract({ ...at, functionName: 'leftOf', args: [account] }),
    ]),
  );
  return { entitled: used + left, used, left };
}
