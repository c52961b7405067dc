import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { JobParameters } from '../job-parameters.ts';

/** The parameters of new matches as they are on the chain now. */
export const jobParameters = ({ public: node, deployment }: ChainClient): Promise<JobParameters> =>
  decodingErrors(node.readContract({ address: deployment.contracts.jobs, abi: jobsAbi, functionName: 'parameters' }));
