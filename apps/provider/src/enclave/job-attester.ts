import {
  createSoftwareAttester,
  encodeRuntimeData,
  noEndorsements,
  type Evidence,
  type RuntimeData,
  verifyEvidence,
} from '@encryptech/attestation';
import { toHex, type Address, type Hex } from '@encryptech/base';
import type { StartBody } from './enclave-pipe.ts';
import type { EnvelopeKem } from '@encryptech/sealing';
import type { CheckedJob } from './check-job.ts';
import { configurationDigest } from './configuration-digest.ts';

/** Evidence and the name that chain, owner and certificate know it by. */
export interface NamedEvidence {
  readonly evidence: Evidence;
  readonly evidenceId: Hex;
}

/** The HPKE key that evidence binds. */
export interface OfferedKey {
  readonly kem: EnvelopeKem;
  readonly publicKey: Uint8Array;
}

/** Makes evidence of this enclave for this job: a nonce and the key to seal to go in, everything else is fixed. */
export type JobAttester = (nonce: Hex, offered: OfferedKey) => Promise<NamedEvidence>;

export function createJobAttester(start: StartBody, job: CheckedJob, signer: Address, now: () => number): JobAttester {
  const attester = createSoftwareAttester(start.attester);
  const anchors = { vendor: {}, development: [start.attester.anchor] };
  const fixed: Omit<RuntimeData, 'nonce' | 'kem' | 'hpkePublicKey'> = {
    version: 1,
    purpose: 'release',
    audience: { owner: start.owner, chainId: start.chain.id, contract: start.chain.jobs },
    job: job.jobId,
    attempt: start.attempt,
    dataset: job.datasetId,
    configuration: configurationDigest({
      job: job.jobId,
      attempt: start.attempt,
      provider: start.provider,
      graph: start.order.graphDigest,
      spec: start.order.specDigest,
      manifest: job.manifestDigest,
    }),
    signer,
  };
  return async (nonce, { kem, publicKey }) => {
    const key = { ...(kem === 'x25519' ? {} : { kem }), hpkePublicKey: toHex(publicKey) };
    const evidence = await attester.attest(encodeRuntimeData({ ...fixed, nonce, ...key }));
    // What its owner will refuse, an enclave had better refuse itself; and the claims name the evidence.
    const { evidenceId } = await verifyEvidence(evidence, {
      now: new Date(now()),
      anchors,
      endorsements: noEndorsements,
    });
    return { evidence, evidenceId };
  };
}
