import type { Address } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** True when the signer has voided its orders, offers and grants of that nonce. */
export const isNonceCancelled = (
  { public: node, deployment }: ChainClient,
  { signer, nonce }: { signer: Address; nonce: bigint },
): Promise<boolean> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.jobs, abi: jobsAbi, functionName: 'isNonceCancelled', args: [signer, nonce] },
    }),
  );
