import type { JobId } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { JOB_STATES, type JobState } from '../job-state.ts';

type Stored = Awaited<ReturnType<typeof readJob>>;

/** A job as the contract stores it; its state by name, its deadline in seconds since 1970. */
export type JobOnChain = Omit<Stored, 'state' | 'deadline'> & { state: JobState; deadline: number };

/** The job as it is on the chain now; state `None` and zeros when it was never matched. */
export async function jobState(client: ChainClient, jobId: JobId): Promise<JobOnChain> {
  const job = await decodingErrors(readJob(client, jobId));
  return { ...job, state: JOB_STATES[job.state] ?? 'None', deadline: Number(job.deadline) };
}

const readJob = ({ public: node, deployment }: ChainClient, jobId: JobId) =>
  node.readContract({ address: deployment.contracts.jobs, abi: jobsAbi, functionName: 'job', args: [jobId] });
