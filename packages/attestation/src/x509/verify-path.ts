import { equalBytes, digestOf } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { isPinned } from './is-pinned.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';
import { verifySignature } from './verify-signature.ts';

const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGNING = 0x04;
const MAX_CERTIFICATES = 8;

export interface VerifiedPath {
  /** Leaf first, pinned root last. */
  readonly certificates: readonly Certificate[];
  /** When all of them are valid. */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
}

export interface PathRules {
  readonly anchors: readonly Anchor[];
  readonly now: Date;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Whether the leaf has to state its key usage; where it does, it must allow digital signatures. */
  readonly leafStatesUsage: boolean;
  /** How many certificates there must be, where a format fixes it; else 2 to 8. */
  readonly length?: number | undefined;
}

/**
 * A path of any length (leaf first, root last) whose root is pinned, and in which each certificate may sign the one before
 * it, did so, and is valid at `now` (RFC 5280 section 6: dates, names, signatures, basic constraints, path length, key
 * usage). Signatures by WebCrypto.
 *
 * @throws `attestation.badAnchor`, `attestation.badCertificate`, `attestation.untrustedRoot`,
 * `attestation.badSignature`, `attestation.expiredCertificate`
 */
export async function verifyPath(chain: readonly Uint8Array[], rules: PathRules): Promise<VerifiedPath> {
  const root = chain.at(-1);
  const { length = chain.length } = rules;
  if (root === undefined || chain.length < 2 || chain.length > MAX_CERTIFICATES || chain.length !== length)
    throw bad(`The certificate chain has ${chain.length} certificates.`);
  if (!isPinned(root, rules.anchors)) {
    throw attestationError({
      code: 'attestation.untrustedRoot',
      message: 'The certificate chain ends at a root that is not pinned.',
      hint: "Compare the root's SHA-256 with the one that the vendor publishes.",
      data: { root: digestOf(root), pinned: rules.anchors.map(({ fingerprint }) => fingerprint) },
    });
  }
  const certificates = chain.map((raw) => readCertificate(raw, rules.algorithms));
  // From the root down: nothing is believed before its issuer is.
  for (let index = certificates.length - 2; index >= 0; index--)
    await requireIssued(certificates[index]!, certificates[index + 1]!, index);
  requireLeaf(certificates[0]!, rules.leafStatesUsage);
  for (const certificate of certificates) requireValid(certificate, rules.now);
  return {
    certificates,
    validity: {
      notBefore: new Date(Math.max(...certificates.map(({ notBefore }) => notBefore.getTime()))),
      notAfter: new Date(Math.min(...certificates.map(({ notAfter }) => notAfter.getTime()))),
    },
  };
}

/** `below`: how many authorities stand between this issuer and the leaf. */
async function requireIssued(subject: Certificate, issuer: Certificate, below: number): Promise<void> {
  if (issuer.authority === undefined || ((issuer.keyUsage ?? 0) & CERTIFICATE_SIGNING) === 0)
    throw bad('A certificate is signed by one that may not sign certificates.');
  if (issuer.authority.pathLength < below) throw bad('The certificate chain is longer than one of its issuers allows.');
  if (!equalBytes(subject.issuer, issuer.subject))
    throw bad('A certificate names another issuer than the next in its chain.');
  if (
    subject.signatureAlgorithm !== issuer.key.algorithm ||
    !(await verifySignature(issuer.key, subject.signed, subject.signature))
  ) {
    throw attestationError({
      code: 'attestation.badSignature',
      message: 'A certificate is not signed by the next one in its chain.',
      place: 'certificate chain',
    });
  }
}

function requireLeaf(leaf: Certificate, statesUsage: boolean): void {
  if (leaf.authority !== undefined) throw bad('The leaf certificate is an authority.');
  if (leaf.keyUsage === undefined ? statesUsage : (leaf.keyUsage & DIGITAL_SIGNATURE) === 0)
    throw bad('The leaf certificate may not sign.');
}

function requireValid({ notBefore, notAfter }: Certificate, now: Date): void {
  // Written so that an invalid date of either side fails.
  if (!(notBefore.getTime() <= now.getTime() && now.getTime() <= notAfter.getTime())) {
    throw attestationError({
      code: 'attestation.expiredCertificate',
      message: 'A certificate of the chain is not valid at the given time.',
      data: { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() },
    });
  }
}

const bad = (message: string): Error => attestationError({ code: 'attestation.badCertificate', message });
