import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** How many verifiers must sign an attestation result. */
export const attestationThreshold = ({ public: node, deployment }: ChainClient): Promise<number> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.attestations, abi: attestationsAbi, functionName: 'threshold' },
    }),
  );
