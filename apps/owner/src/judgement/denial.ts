import { describeReason, type ReasonCode } from '@encryptech/attestation';

/** Every reason of the owner's own for which keys are not released. */
export const DENIALS = {
  'order.signature': 'The order is not signed by its developer for this chain and contract.',
  'order.job': 'The order is not the one that this job was matched from.',
  'order.graph': 'The graph is not the one that the order names.',
  'order.spec': 'The training spec is not the one that the order names, or does not agree with it.',
  'order.level': 'The order asks for less security than the dataset does.',
  'graph.refused': 'The graph is refused: it does not treat every example apart, or can not be trained.',
  'plan.unit': 'The plan protects another unit than the dataset declares.',
  'plan.adjacency': 'The plan is priced under another relation of neighbours than the dataset’s budget counts.',
  'plan.batch': 'The spec divides by another batch than sampling rate and declared size give.',
  'plan.epsilon': 'The plan is impossible, or claims less epsilon than its own numbers give.',
  'budget.notReserved': 'The chain holds no reservation of privacy loss for this job.',
  'budget.charge': 'The loss of the plan is above what the order reserved.',
  'policy.dataset': 'The policy is for another dataset.',
  'policy.notRegistered': 'The policy is not the one that is registered on chain.',
  'policy.expired': 'The policy allows no release at this time.',
  'policy.purpose': 'The policy does not allow this purpose.',
  'policy.mechanism': 'The policy does not allow this mechanism.',
  'policy.developer': 'The policy does not allow this developer.',
  'policy.epsilon': 'The job spends more epsilon than the policy allows for one.',
  'job.state': 'The job is not running on chain, or no longer this attempt of it.',
  'job.dataset': 'The job is on another dataset, or the chain names another owner.',
  'evidence.unverified': 'The evidence does not verify.',
  'evidence.kind': 'The evidence is of a kind that can not be read.',
  'dataset.retired': 'The owner retired the dataset.',
  'chain.measurement': 'The register of attestations denies the enclave’s measurement.',
  'chain.device': 'The register of attestations denies the machine.',
  'chain.level': 'The chain gives the provider less than the level that is asked for.',
  'delegate.withdrawn': 'The owner withdrew the delegate that was asked.',
  'delegate.expired': 'The time of the delegate is over.',
  'delegate.allowance': 'The owner left the delegate too little privacy budget for this job.',
  'release.tooMany': 'Keys were released for as many attempts at this job as one gets.',
  'release.before': 'Keys were released for this attempt before, to another enclave or evidence.',
} as const;

/** `evidence:` and a reason of the appraisal, such as `evidence:nonce-mismatch`. */
export type DenialCode = keyof typeof DENIALS | `evidence:${ReasonCode}`;

/** One reason against a release, for the log and for the provider. */
export interface Denial {
  readonly code: DenialCode;
  readonly message: string;
}

/** A denial with its sentence; `detail` adds a fact about public documents. */
export function denial(code: DenialCode, detail?: string): Denial {
  const sentence = code.startsWith('evidence:')
    ? describeReason(code.slice('evidence:'.length) as ReasonCode)
    : DENIALS[code as keyof typeof DENIALS];
  return { code, message: detail === undefined ? sentence : `${sentence} ${detail}` };
}
