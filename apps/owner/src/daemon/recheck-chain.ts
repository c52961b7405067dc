import type { DatasetId, Hex, JobId } from '@encryptech/base';
import { datasetFacts, isDenied, jobState, providerFacts, type ChainClient, type JobOnChain } from '@encryptech/chain';
import type { DenialCode } from '../judgement/denial.ts';
import type { EnclaveIdentity } from '../judgement/judge-evidence.ts';

export interface RecheckOptions {
  jobId: JobId;
  /** The job as it was judged. */
  job: JobOnChain;
  datasetId: DatasetId;
  /** Of the policy that was applied. */
  policyDigest: Hex;
  /** The highest of what policy, dataset and order ask for. */
  minLevel: number;
  enclave: EnclaveIdentity;
}

/**
 * What the chain, at its newest block, has against a release that was judged before: the attempt ended or is another, the
 * owner withdrew, the enclave or its machine is denied, the provider's level fell. Empty when nothing.
 */
export async function recheckChain(
  client: ChainClient,
  { jobId, job, datasetId, policyDigest, minLevel, enclave }: RecheckOptions,
): Promise<DenialCode[]> {
  const [now, dataset, provider, measurementDenied, deviceDenied] = await Promise.all([
    jobState(client, jobId),
    datasetFacts(client, datasetId),
    providerFacts(client, job.provider),
    isDenied(client, { kind: 'measurement', value: enclave.measurement }),
    isDenied(client, { kind: 'device', value: enclave.device }),
  ]);
  const isSame = now.attempt === job.attempt && now.enclaveKey === job.enclaveKey && now.provider === job.provider;
  const against: [DenialCode, boolean][] = [
    ['job.state', !isSame || now.state !== 'Started'],
    ['budget.notReserved', !now.budgetHeld],
    ['dataset.retired', dataset.retired],
    ['policy.notRegistered', dataset.policyDigest !== policyDigest],
    ['chain.measurement', measurementDenied],
    ['chain.device', deviceDenied],
    ['chain.level', provider.level < minLevel],
  ];
  return against.filter(([, holds]) => holds).map(([code]) => code);
}
