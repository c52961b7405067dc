import { chargeWord, mechanismOf, type Certificate } from '@encryptech/protocol';
import { toHex, type Address, type Hex, type Sha256 } from '@encryptech/base';
import type { PackedCharge } from '@encryptech/privacy';
import type { CheckedJob } from './check-job.ts';
import type { StartBody } from './enclave-pipe.ts';

/** What a reader of the certificate must know before all else. */
const LEVEL_0_WARNING =
  'Security level 0: the enclave was an ordinary process. Whoever ran the machine could read the data and the keys.';
const TUNING_WARNING = 'Choosing this model among several trained on the same data is not counted in its epsilon.';

export interface CertificateFacts {
  start: StartBody;
  job: CheckedJob;
  evidenceId: Hex;
  signer: Address;
  model: Sha256;
  /** The plan's epsilon over all steps. */
  epsilon: number;
  charge: PackedCharge;
  /** How many numbers were trained. */
  trainedParameters: number;
  /** What the clip norm came to, where it adapts. */
  lastClipNorm: number;
  nowSec: number;
}

/** The enclave's statement about one trained model. */
export function makeCertificate(facts: CertificateFacts): Certificate {
  const { start, job, charge } = facts;
  const { privacy } = start.spec;
  return {
    version: 1,
    job: job.jobId,
    attempt: start.attempt,
    dataset: job.datasetId,
    graph: start.order.graphDigest,
    spec: start.order.specDigest,
    data: start.manifest.blob,
    model: facts.model,
    mechanism: mechanismOf(privacy),
    adjacency: privacy.adjacency,
    unit: privacy.unit,
    accountant: privacy.accountant,
    epsilon: facts.epsilon,
    delta: Number(`1e-${privacy.deltaExponent}`),
    steps: privacy.steps,
    noiseMultiplier: privacy.noiseMultiplier,
    samplingRate: privacy.samplingRate,
    clipNorm: privacy.clipNorm,
    clipping: clippingOf(privacy.clipping, facts.lastClipNorm),
    ...(privacy.correlation === undefined ? {} : { correlation: privacy.correlation }),
    trained: { selection: start.spec.trainable ?? 'all', parameters: facts.trainedParameters },
    ledgerCharge: { rdpLow: chargeWord(charge.rdpLow), rdpHigh: chargeWord(charge.rdpHigh) },
    evidence: {
      kind: start.attester.kind,
      id: facts.evidenceId,
      level: 0,
      measurement: toHex(start.attester.measurement),
    },
    provider: start.provider,
    enclaveKey: facts.signer,
    chain: start.chain,
    issuedAt: facts.nowSec,
    warnings: [LEVEL_0_WARNING, TUNING_WARNING],
  };
}

const clippingOf = (
  clipping: StartBody['spec']['privacy']['clipping'],
  lastClipNorm: number,
): NonNullable<Certificate['clipping']> => {
  if (clipping?.kind !== 'adaptive') return { kind: clipping?.kind ?? 'flat' };
  const { kind, quantile, rate, share } = clipping;
  return { kind, quantile, rate, share, lastClipNorm };
};
