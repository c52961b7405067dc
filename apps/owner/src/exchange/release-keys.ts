import {
  encodeEvidence,
  type Challenge,
  type Endorsements,
  type SecurityLevel,
  type TrustAnchors,
} from '@encryptech/attestation';
import { fromHex, isEncryptechError, toHex, type Address, type Hex } from '@encryptech/base';
import {
  errorOfWire,
  releasePolicyDigest,
  sealReleasedKeys,
  signKeyRelease,
  signOwnerChallenge,
  trainingSpecDigest,
  datasetManifestDigest,
  wire,
  type OwnerChallenge,
  type SignedDelegation,
  type Signer,
  type SigningDomain,
  type WireMessage,
} from '@encryptech/protocol';
import { configurationDigest } from '@encryptech/provider/enclave';
import {
  ENVELOPE_KEMS,
  deriveCheckpointKey,
  deriveDataKey,
  deriveRandomnessRoot,
  type EnvelopeKem,
} from '@encryptech/sealing';
import { isAddressEqual } from 'viem/utils';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import { denial, type Denial, type DenialCode } from '../judgement/denial.ts';
import { judgeEvidence, type EnclaveIdentity } from '../judgement/judge-evidence.ts';
import { judgeJob, type ChainFacts, type ClaimedJob } from '../judgement/judge-job.ts';
import type { ReleaseLog } from '../release-log/open-release-log.ts';
import type { ReleaseStore, StoredRelease } from '../releases/release-store.ts';
import type { EnclaveLine } from './connect-enclave.ts';

/**
 * Attempts of one job that may get its keys. Each is paid for by the one reservation, and the same arithmetic repeats the
 * same model; on other hardware it may not, which the cap bounds.
 */
export const MOST_RELEASES = 5;
/** A challenge lives five minutes. */
const CHALLENGE_LIFE_SEC = 300;

export interface ReleaseOptions {
  claimed: ClaimedJob;
  chain: ChainFacts;
  dataset: OwnedDataset;
  line: EnclaveLine;
  /**
   * Reads the chain once more, right before the release: whether this very attempt, with its enclave key and reservation,
   * still runs, under a policy that still stands, on an enclave that nothing denies. Gives what speaks against it.
   */
  recheck: (enclave: EnclaveIdentity) => Promise<readonly DenialCode[]>;
}

export interface ReleaseDeps {
  /** The dataset's owner, and who signs in the owner's name: the owner, or the delegate of `delegated`. */
  owner: { readonly address: Address; readonly signer: Signer };
  domain: SigningDomain;
  /** The owner's word for the delegate who signs; left out where the owner signs. */
  delegated?: SignedDelegation;
  /** What keys are sealed by; `x25519` if left out. Enclaves are asked for a key of this KEM, and no other is taken. */
  kem?: EnvelopeKem;
  anchors: TrustAnchors;
  /** Vendors' documents for evidence of hardware; none if left out. */
  endorsements?: Endorsements;
  log: ReleaseLog;
  releases: ReleaseStore;
  /** Milliseconds since 1970. */
  now: () => number;
}

export type ReleaseOutcome =
  | {
      readonly decision: 'allow';
      readonly evidenceId: Hex;
      /** Undefined when the keys had been released before and were only sent again. */
      readonly level?: SecurityLevel;
    }
  | { readonly decision: 'deny'; readonly evidenceId: Hex | null; readonly denials: readonly Denial[] };

/**
 * Judges a running job and its enclave, and releases the dataset's keys to it, or tells it why not: trust.md section 2.
 *
 * Each decision is in the log before anybody hears of it. An attempt gets one release: it is on disk before it is sent, and
 * only those same bytes, which one enclave can open, are ever sent again.
 *
 * @throws `owner.provider` when the enclave can't be reached or goes silent, what it answers to a release that it refuses
 */
export async function releaseKeys(options: ReleaseOptions, deps: ReleaseDeps): Promise<ReleaseOutcome> {
  const { claimed, chain, dataset, line } = options;
  const nowSec = Math.floor(deps.now() / 1000);
  // The enclave makes its evidence while the job is judged; its answer waits in the line.
  const challenge = await sendChallenge(options, deps, nowSec);
  const denials = await judgeJob({ claimed, chain, dataset, domain: deps.domain, nowSec });
  if (denials.length > 0) return deny(options, deps, null, denials);

  const before = await storedRelease(options, deps);
  if (before === 'unreadable') return deny(options, deps, null, [denial('release.before')]);
  if (before !== undefined) {
    if (!isAddressEqual(before.enclaveKey, chain.enclaveKey)) {
      return deny(options, deps, null, [denial('release.before')]);
    }
    const against = await options.recheck(before.enclave);
    if (against.length > 0) return deny(options, deps, before.evidenceId, against.map(toDenial));
    await handOver(line, claimed, before.message);
    return { decision: 'allow', evidenceId: before.evidenceId };
  }
  if ((await deps.releases.count(claimed.jobId)) >= MOST_RELEASES) {
    return deny(options, deps, null, [denial('release.tooMany')]);
  }

  const evidence = await line.next((message) => evidenceFor(message, claimed, challenge.nonce));
  const verdict = await judgeEvidence({
    evidence,
    challenge: expectedAnswer(options, deps, challenge),
    policy: dataset.policy,
    minLevel: Math.max(dataset.policy.minLevel, dataset.manifest.minLevel, chain.minLevel, claimed.order.minLevel),
    anchors: deps.anchors,
    ...(deps.endorsements === undefined ? {} : { endorsements: deps.endorsements }),
    now: new Date(deps.now()),
  });
  if (!verdict.allowed) return deny(options, deps, verdict.evidenceId, verdict.denials);

  // Judging took a while: what ended, was withdrawn or denied meanwhile gets no keys.
  const against = await options.recheck(verdict.enclave);
  if (against.length > 0) return deny(options, deps, verdict.evidenceId, against.map(toDenial));
  const stored = await makeRelease(options, deps, challenge, { ...verdict, evidence: encodeEvidence(evidence) });
  try {
    await deps.releases.claim(claimed.jobId, chain.attempt, stored);
  } catch (error) {
    if (!isEncryptechError(error, 'owner.releasedBefore')) throw error;
    return deny(options, deps, verdict.evidenceId, [denial('release.before')]);
  }
  await handOver(line, claimed, stored.message);
  return { decision: 'allow', evidenceId: verdict.evidenceId, level: verdict.level };
}

const toDenial = (code: DenialCode): Denial => denial(code);

async function sendChallenge(
  { claimed, chain, dataset, line }: ReleaseOptions,
  { owner, domain, delegated, kem = 'x25519' }: ReleaseDeps,
  nowSec: number,
): Promise<OwnerChallenge> {
  const challenge: OwnerChallenge = {
    owner: owner.address,
    nonce: toHex(globalThis.crypto.getRandomValues(new Uint8Array(32))),
    datasetId: dataset.id,
    jobId: claimed.jobId,
    attempt: chain.attempt,
    policyDigest: releasePolicyDigest(dataset.policy),
    expiresAt: BigInt(nowSec + CHALLENGE_LIFE_SEC),
    kem: ENVELOPE_KEMS[kem].id,
  };
  const signature = await signOwnerChallenge(challenge, domain, owner.signer);
  const where = { id: domain.chainId, jobs: domain.jobs };
  const word = delegated === undefined ? {} : { delegated };
  line.send({ type: 'challenge', body: { challenge, signature, chain: where, ...word } });
  return challenge;
}

/** Everybody in the room hears all evidence: only the answer to this very challenge counts. */
function evidenceFor(message: WireMessage, { jobId }: ClaimedJob, nonce: Hex) {
  if (message.type === 'error') throw errorOfWire(message.body);
  if (message.type !== 'evidence' || message.body.jobId !== jobId) return undefined;
  const { kind, evidence, runtimeData } = message.body;
  // Not a check, a filter: the appraisal compares the nonce in the decoded data.
  return toHex(runtimeData).includes(nonce.slice(2)) ? { kind, body: evidence, runtimeData } : undefined;
}

function expectedAnswer(
  { claimed, chain, dataset }: ReleaseOptions,
  { owner, domain, kem }: ReleaseDeps,
  challenge: OwnerChallenge,
): Challenge {
  const expiresAtMs = Number(challenge.expiresAt) * 1000;
  return {
    purpose: 'release',
    audience: { owner: owner.address, chainId: domain.chainId, contract: domain.jobs },
    nonce: challenge.nonce,
    job: claimed.jobId,
    attempt: chain.attempt,
    dataset: dataset.id,
    configuration: configurationDigest({
      job: claimed.jobId,
      attempt: chain.attempt,
      provider: chain.provider,
      graph: claimed.order.graphDigest,
      spec: trainingSpecDigest(claimed.spec),
      manifest: datasetManifestDigest(dataset.manifest),
    }),
    signer: chain.enclaveKey,
    ...(kem === 'x-wing' ? { kem } : {}),
    issuedAt: new Date(expiresAtMs - CHALLENGE_LIFE_SEC * 1000),
    expiresAt: new Date(expiresAtMs),
  };
}

async function makeRelease(
  { claimed, chain, dataset }: ReleaseOptions,
  { owner, domain, log }: ReleaseDeps,
  challenge: OwnerChallenge,
  judged: { evidenceId: Hex; hpkePublicKey: Hex; enclave: EnclaveIdentity; evidence: Uint8Array },
): Promise<StoredRelease> {
  const { policyDigest } = challenge;
  const { evidenceId, hpkePublicKey, enclave, evidence } = judged;
  const decided = { dataset: dataset.id, job: claimed.jobId, attempt: chain.attempt, evidenceId, policyDigest };
  const logHead = await log.append({ ...decided, decision: 'allow', reasons: [] });
  const release = {
    jobId: claimed.jobId,
    attempt: chain.attempt,
    enclaveKey: chain.enclaveKey,
    evidenceId,
    policyDigest,
    logHead,
  };
  const keys = {
    dataKey: deriveDataKey(dataset.secret),
    checkpointKey: deriveCheckpointKey(dataset.secret, claimed.jobId),
    randomnessRoot: deriveRandomnessRoot(dataset.secret, dataset.id, claimed.jobId),
  };
  const recipient = fromHex(hpkePublicKey);
  const sealedKeys = await sealReleasedKeys(keys, { recipient, challenge, domain, evidenceId });
  for (const key of Object.values(keys)) key.fill(0);
  const signature = await signKeyRelease(release, domain, owner.signer);
  const message = wire.encode({ type: 'release', body: { release, signature, sealedKeys } });
  return { evidenceId, enclaveKey: chain.enclaveKey, enclave, evidence, policy: dataset.policy, message };
}

async function storedRelease(
  { claimed, chain }: ReleaseOptions,
  { releases }: ReleaseDeps,
): Promise<StoredRelease | 'unreadable' | undefined> {
  try {
    return await releases.get(claimed.jobId, chain.attempt);
  } catch (error) {
    if (isEncryptechError(error, 'owner.releasedBefore')) return 'unreadable';
    throw error;
  }
}

/** Sends the release and waits until the enclave says that it works. */
async function handOver(line: EnclaveLine, { jobId }: ClaimedJob, message: Uint8Array): Promise<void> {
  line.relay(message);
  await line.next((answer) => {
    if (answer.type === 'error') {
      // An enclave that has its keys takes no more challenges and releases.
      if (answer.body.code === 'enclave.unexpectedMessage') return true;
      throw errorOfWire(answer.body);
    }
    return (answer.type === 'ready' || answer.type === 'progress') && answer.body.jobId === jobId ? true : undefined;
  });
}

async function deny(
  { claimed, chain, dataset, line }: ReleaseOptions,
  { log }: ReleaseDeps,
  evidenceId: Hex | null,
  denials: readonly Denial[],
): Promise<ReleaseOutcome> {
  const attempt = chain.attempt;
  await log.append({
    dataset: dataset.id,
    job: claimed.jobId,
    attempt,
    evidenceId,
    policyDigest: releasePolicyDigest(dataset.policy),
    decision: 'deny',
    reasons: denials.map(({ code }) => code),
  });
  const reasons = denials.slice(0, 32).map(({ code, message }) => ({ code, message: message.slice(0, 500) }));
  line.send({ type: 'denied', body: { jobId: claimed.jobId, attempt, evidenceId, reasons } });
  return { decision: 'deny', evidenceId, denials };
}
