import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** True while a contract takes no new business. */
export const isPaused = (
  { public: node, deployment }: ChainClient,
  contract: 'jobs' | 'providers' | 'datasets' = 'jobs',
): Promise<boolean> =>
  // The three contracts have this function in common.
  decodingErrors(node.readContract({ address: deployment.contracts[contract], abi: jobsAbi, functionName: 'paused' }));
