import type { ReasonCode } from '@encryptech/attestation';
import { isEncryptechError, type Address, type Hex } from '@encryptech/base';
import {
  attestationFacts,
  attestationThreshold,
  chainTime,
  providerFacts,
  recordAttestation,
  registrationBlock,
  signFinding,
  type AttestationFinding,
  type ChainClient,
  type ChainWriter,
  type FindingSignature,
} from '@encryptech/chain';
import { registrationNonce, registrationOf, verifyRegistration, type Submission } from '@encryptech/protocol';
import type { Logger } from 'pino';
import type { LocalAccount } from 'viem';
import { verifierError } from '../errors.ts';
import {
  appraiseSubmission,
  VALIDITY_SEC,
  type AppraisalContext,
  type Appraised,
} from '../finding/appraise-submission.ts';
import type { SignedFindings } from '../finding/signed-findings.ts';
import { askPeer, type Peer } from '../peers/ask-peer.ts';
import type { KnownSubject, SubjectStore } from './subject-store.ts';

/** A nonce's block may be this old when its evidence comes in. */
const OLDEST_BLOCK_SEC = 600;
/** A peer's second of appraisal may differ from the chain's by this much. */
const PEER_WINDOW_SEC = 120;

export interface DeskOptions {
  client: ChainClient;
  writer: ChainWriter;
  account: LocalAccount;
  peers: readonly Peer[];
  signed: SignedFindings;
  subjects: SubjectStore;
  /** Roots, documents and policy as they are now. */
  context: Omit<AppraisalContext, 'chain'>;
  log: Logger;
}

/** What became of evidence. */
export interface Outcome {
  readonly level: number;
  readonly reasons: readonly ReasonCode[];
  readonly evidenceId: Hex;
  /** True when the chain has it now. */
  readonly recorded: boolean;
  readonly signers: readonly Address[];
}

/** Where evidence is judged, findings are signed and recorded. */
export interface Desk {
  /** Judges new evidence of a provider, collects the peers' signatures and records the finding. */
  submit(submission: Submission): Promise<Outcome>;
  /** This verifier's signature under what it finds itself. @throws `verifier.*` */
  cosign(request: { submission: Submission; issuedAt: number }): Promise<Hex>;
  /** Judges known evidence anew; a level that fell is recorded at once, by this verifier alone if need be. */
  review(subject: Address): Promise<Outcome | undefined>;
  /** True when the record of a provider ends soon, or there is none. */
  isDue(subject: Address): Promise<boolean>;
}

export function createDesk({ client, writer, account, peers, signed, subjects, context, log }: DeskOptions): Desk {
  const { deployment } = client;
  const chain = { chainId: deployment.chainId, attestations: deployment.contracts.attestations };

  const latest = () => chainTime(client);
  /** The nonce of a provider's own evidence over a recent block; what strangers bring in its name ends here. */
  const nonceOf = async (submission: Submission, nowSec: number): Promise<Hex> => {
    const { block, subject, signature } = submission;
    const blockHash = await registrationBlock(client, { block, nowSec, windowSec: OLDEST_BLOCK_SEC });
    if (blockHash === undefined) {
      throw verifierError({
        code: 'verifier.staleBlock',
        message: `Block ${block} is unknown, or was replaced by the next one more than ${OLDEST_BLOCK_SEC} seconds ago.`,
        place: 'block',
        hint: 'Make evidence over the newest block.',
        retry: 'later',
      });
    }
    const nonce = registrationNonce({ blockHash, subject, attestations: chain.attestations });
    await verifyRegistration(registrationOf(submission, nonce), signature, chain).catch((cause: unknown) => {
      throw verifierError({
        code: 'verifier.notSubject',
        message: 'The evidence is not signed by the provider in whose name it comes.',
        place: 'signature',
        hint: 'A provider signs its evidence with the account that it is registered with.',
        cause,
      });
    });
    if ((await providerFacts(client, subject)).registered) return nonce;
    throw verifierError({
      code: 'verifier.unknownSubject',
      message: 'No provider is registered on chain with this account.',
      place: 'subject',
    });
  };
  const appraiseAt = async (submission: Submission, nonce: Hex, issuedAt: number): Promise<Appraised> =>
    appraiseSubmission(submission, nonce, issuedAt, { ...context, chain });
  const sign = async (finding: AttestationFinding): Promise<FindingSignature> => {
    await signed.note(finding);
    return { verifier: account.address, signature: await signFinding(finding, deployment, account) };
  };

  const collect = async (submission: Submission, finding: AttestationFinding): Promise<FindingSignature[]> => {
    const own = await sign(finding);
    const needed = (await attestationThreshold(client)) - 1;
    if (needed <= 0) return [own];
    const answers = await Promise.allSettled(
      peers.map((peer) => askPeer(peer, { submission, finding, domain: deployment })),
    );
    for (const answer of answers) {
      if (answer.status === 'rejected') log.warn({ err: answer.reason as Error }, 'A peer does not sign');
    }
    const theirs = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    return [own, ...theirs.slice(0, needed)];
  };

  /** Records a finding if the chain would take it and it says something. */
  const publish = async (submission: Submission, { finding, reasons }: Appraised): Promise<Outcome> => {
    const { subject, level, evidenceId } = finding;
    const before = await attestationFacts(client, subject);
    const stands = before.expiresAt >= Number(finding.issuedAt) ? before.recordedLevel : 0;
    const says = level > 0 || stands > 0;
    const told = { level, reasons, evidenceId };
    if (!says) return { ...told, recorded: false, signers: [] };
    const lowers = level < stands;
    const signatures = lowers ? [await sign(finding)] : await collect(submission, finding);
    const signers = signatures.map(({ verifier }) => verifier);
    const needed = lowers ? 1 : await attestationThreshold(client);
    if (signatures.length < needed) {
      log.warn(
        { subject, securityLevel: level, signers, needed },
        'A finding is not recorded: too few verifiers sign it',
      );
      return { ...told, recorded: false, signers };
    }
    await recordAttestation(writer, { finding, signatures });
    log.info({ subject, securityLevel: level, evidenceId, signers, reasons }, 'A finding is recorded');
    return { ...told, recorded: true, signers };
  };

  return {
    submit: async (submission) => {
      const issuedAt = await latest();
      const nonce = await nonceOf(submission, issuedAt);
      const appraised = await appraiseAt(submission, nonce, issuedAt);
      const { evidenceId, measurement, device } = appraised.finding;
      // It says nothing about this provider: no reason to touch what is on record.
      if (!appraised.isBound) return { level: 0, reasons: appraised.reasons, evidenceId, recorded: false, signers: [] };
      const outcome = await publish(submission, appraised);
      await subjects.put({ submission, nonce, evidenceId, measurement, device });
      return outcome;
    },
    cosign: async ({ submission, issuedAt }) => {
      const nowSec = await latest();
      if (Math.abs(nowSec - issuedAt) > PEER_WINDOW_SEC) {
        throw verifierError({
          code: 'verifier.badRequest',
          message: `The second of appraisal is more than ${PEER_WINDOW_SEC} seconds away from the chain's.`,
          place: 'issuedAt',
        });
      }
      const { finding, isBound } = await appraiseAt(submission, await nonceOf(submission, nowSec), issuedAt);
      if (isBound) return (await sign(finding)).signature;
      throw verifierError({
        code: 'verifier.unbound',
        message: 'The evidence is about something else than this provider, register and block.',
        place: 'submission.runtimeData',
      });
    },
    review: async (subject) => {
      const known = await subjects.get(subject);
      if (known === undefined) return undefined;
      const { recordedLevel, expiresAt, issuedAt: recordedAt } = await attestationFacts(client, subject);
      const issuedAt = await latest();
      // What is over is over; and a record is replaced by a later one only.
      if (recordedLevel === 0 || issuedAt > expiresAt || issuedAt <= recordedAt) return undefined;
      const appraised = await reappraise(known, issuedAt);
      // That this verifier lacks a revocation list now is no news about the provider.
      const isNews = appraised.finding.level < recordedLevel && !appraised.reasons.includes('revocation-unknown');
      return isNews ? publish(known.submission, appraised) : undefined;
    },
    isDue: async (subject) => {
      const { level, recordedLevel, issuedAt, expiresAt } = await attestationFacts(client, subject);
      if (level === 0) return true;
      const whole = Math.min(expiresAt - issuedAt, VALIDITY_SEC[recordedLevel]!);
      return (await latest()) > expiresAt - whole / 4;
    },
  };

  /**
   * Evidence that the vendor's signed documents have come to contradict is worth level 0. When they are missing, half
   * written or out of date nothing is known: the record stays, and ends when it ends.
   */
  async function reappraise(known: KnownSubject, issuedAt: number): Promise<Appraised> {
    const { submission, nonce, evidenceId, measurement, device } = known;
    try {
      return await appraiseAt(submission, nonce, issuedAt);
    } catch (error) {
      if (!isContradicted(error)) throw error;
      log.warn({ subject: submission.subject, err: error }, 'Evidence on record no longer verifies');
      const { policyDigest } = await attestationFacts(client, submission.subject);
      const expiresAt = BigInt(issuedAt + VALIDITY_SEC[0]!);
      const facts = { subject: submission.subject, evidenceId, policyDigest, measurement, device };
      return { reasons: [], isBound: true, finding: { ...facts, level: 0, issuedAt: BigInt(issuedAt), expiresAt } };
    }
  }
}

/** What verified documents of the vendor say against evidence, apart from its TCB level. */
const CONTRADICTIONS = [
  'attestation.revoked',
  'attestation.moduleMismatch',
  'attestation.quotingEnclaveMismatch',
] as const;

const isContradicted = (error: unknown): boolean =>
  error instanceof Error && CONTRADICTIONS.some((code) => isEncryptechError(error.cause, code));
