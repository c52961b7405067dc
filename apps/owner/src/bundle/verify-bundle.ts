import {
  appraise,
  createEndorsementStore,
  decodeEvidence,
  verifyEvidence,
  type Claims,
  type TrustAnchors,
} from '@encryptech/attestation';
import { fromHex, type Address, type DatasetId } from '@encryptech/base';
import { datasetFacts, type ChainClient } from '@encryptech/chain';
import { keyReleaseCodec, releasePolicyDigest } from '@encryptech/protocol';
import { appraisalPolicyOf } from '../judgement/judge-evidence.ts';
import { headOf } from '../release-log/log-entry.ts';
import type { Bundle } from './bundle.ts';

/** One thing that was checked, in plain words. */
export interface BundleCheck {
  /** Stable name for scripts. */
  readonly check: 'evidence' | 'binding' | 'appraisal' | 'policy' | 'release' | 'log-entry' | 'owner';
  readonly ok: boolean;
  readonly words: string;
}

/**
 * Checks what a bundle holds besides its certificate, which `verifyCertificate` checks: that the evidence verifies under the
 * pinned roots at the time of the release, is about this very job and key, that the policy allowed it, and that the owner
 * signed the release over the log. Offline but for the last check, which asks the chain who owns the dataset.
 */
export async function verifyBundle(
  bundle: Bundle,
  { anchors, client }: { anchors: TrustAnchors; client?: ChainClient | undefined },
): Promise<BundleCheck[]> {
  const { certificate } = bundle.certificate;
  const { release, signature } = bundle.release;
  const checks: BundleCheck[] = [];
  const say = (check: BundleCheck['check'], ok: boolean, words: string, otherwise = words): void =>
    void checks.push({ check, ok, words: ok ? words : otherwise });
  const releasedAt = new Date(bundle.logEntry.time * 1000);

  const claims = await claimsOf(bundle, anchors, releasedAt);
  if (claims instanceof Error) {
    say('evidence', false, `the evidence does not verify: ${claims.message}`);
  } else {
    const { kind, evidenceId, measurement, runtimeData: said } = claims;
    say('evidence', true, `the ${kind} evidence verifies under the pinned roots, as of ${releasedAt.toISOString()}`);
    const differs = firstDifference([
      ['evidence id', evidenceId, certificate.evidence.id],
      ['kind', kind, certificate.evidence.kind],
      ['measurement', measurement, certificate.evidence.measurement],
      ['job', said.job, certificate.job],
      ['attempt', said.attempt, certificate.attempt],
      ['dataset', said.dataset, certificate.dataset],
      ['enclave key', said.signer, certificate.enclaveKey],
      ['chain', said.audience.chainId, certificate.chain.id],
      ['contract', said.audience.contract, certificate.chain.jobs],
    ]);
    say(
      'binding',
      differs === undefined,
      'the evidence is about this job, attempt, dataset and enclave key',
      `the evidence and the certificate differ in the ${differs}`,
    );
    const { level, reasons } = appraisedAt(bundle, claims, anchors, releasedAt);
    const claimed = certificate.evidence.level;
    say(
      'appraisal',
      level !== undefined && level >= claimed,
      `under the owner's policy the evidence has security level ${level}; the certificate says ${claimed}`,
      level === undefined
        ? `the policy does not accept the evidence: ${reasons.join(', ')}`
        : `the evidence has security level ${level}, the certificate claims ${claimed}`,
    );
  }

  const { policy, logEntry } = bundle;
  const policyDigest = releasePolicyDigest(policy);
  const policyFault = firstDifference([
    ['release', release.policyDigest, policyDigest],
    ['log entry', logEntry.policyDigest, policyDigest],
    ['dataset', policy.dataset, certificate.dataset],
  ]);
  say(
    'policy',
    policyFault === undefined,
    'the policy is the one that release and log entry name',
    `the policy is not the one of the ${policyFault}`,
  );

  const owner = await keyReleaseCodec
    .recover(release, signature, { chainId: certificate.chain.id, jobs: certificate.chain.jobs })
    .catch(() => undefined);
  const askedBy = claims instanceof Error ? undefined : claims.runtimeData.audience.owner;
  const releaseFault =
    firstDifference([
      ['job', release.jobId, certificate.job],
      ['attempt', release.attempt, certificate.attempt],
      ['enclave key', release.enclaveKey, certificate.enclaveKey],
      ['evidence id', release.evidenceId, certificate.evidence.id],
    ]) ?? (owner === undefined || !same(owner, askedBy ?? owner) ? 'signer' : undefined);
  say(
    'release',
    releaseFault === undefined,
    `the keys were released to this enclave by ${owner}`,
    `the release is for or by somebody else: it differs in the ${releaseFault}`,
  );

  const entryFault = firstDifference([
    ['digest', headOf(logEntry), release.logHead],
    ['decision', logEntry.decision, 'allow'],
    ['job', logEntry.job, certificate.job],
    ['attempt', logEntry.attempt, certificate.attempt],
    ['dataset', logEntry.dataset, certificate.dataset],
    ['evidence id', logEntry.evidenceId, certificate.evidence.id],
  ]);
  say(
    'log-entry',
    entryFault === undefined,
    `the owner's log has the release as entry ${logEntry.seq}, and the signed release names its digest`,
    `the log entry is not the one of the release: it differs in the ${entryFault}`,
  );

  if (client !== undefined) {
    const onChain = await ownerOnChain(client, certificate.dataset as DatasetId);
    say(
      'owner',
      owner !== undefined && onChain !== undefined && same(owner, onChain),
      `the chain knows ${onChain} as the owner of the dataset`,
      `the chain knows ${onChain ?? 'nobody'} as the owner of the dataset, not ${owner ?? 'the signer'}`,
    );
  }
  return checks;
}

const claimsOf = (bundle: Bundle, anchors: TrustAnchors, now: Date): Promise<Claims | Error> =>
  Promise.resolve()
    .then(() => {
      const endorsements = createEndorsementStore(bundle.endorsements.map((one) => fromHex(one)));
      return verifyEvidence(decodeEvidence(fromHex(bundle.evidence)), { now, anchors, endorsements });
    })
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));

/** The level under the release policy for what the evidence says of itself: whom it answers is compared apart. */
function appraisedAt(bundle: Bundle, claims: Claims, anchors: TrustAnchors, now: Date) {
  const { policy } = bundle;
  const said = claims.runtimeData;
  const challenge = { ...said, purpose: 'release' as const, issuedAt: new Date(0), expiresAt: now };
  const result = appraise(claims, appraisalPolicyOf({ policy, minLevel: policy.minLevel, anchors }), challenge, now);
  return { level: result.decision === 'allow' ? result.level : undefined, reasons: result.reasons };
}

const ownerOnChain = (client: ChainClient, dataset: DatasetId): Promise<Address | undefined> =>
  datasetFacts(client, dataset).then(
    ({ owner }) => owner,
    () => undefined,
  );

const firstDifference = (pairs: readonly [string, string | number | null, string | number][]): string | undefined =>
  pairs.find(([, a, b]) => !same(String(a), String(b)))?.[0];

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
