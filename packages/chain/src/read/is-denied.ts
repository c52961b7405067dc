import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { deniableArgs, type Deniable } from '../write/set-denied.ts';

/** True while the register of attestations denies a measurement, device, policy or verifier. */
export const isDenied = ({ public: node, deployment }: ChainClient, listed: Deniable): Promise<boolean> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.attestations, abi: attestationsAbi, functionName: 'isDenied' },
      ...{ args: deniableArgs(listed) },
    }),
  );
