import { digestOf, equalBytes } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { isPinned } from './is-pinned.ts';
import { p256Verify } from './p256-verify.ts';

const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGNING = 0x04;
const MOST = 6;

export interface VerifiedChain {
  readonly leaf: Certificate;
  /** All of them, from the leaf to the root. */
  readonly certificates: readonly Certificate[];
  /** When all certificates are valid. */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date };
}

/**
 * The leaf of a chain (leaf, intermediates, root) whose root is one of the anchors, byte for byte, and in which each
 * certificate may sign the one before it, did so, and is valid at `now` (RFC 5280 section 6, for chains of this shape).
 * `length` is how many there must be, where a format fixes it.
 *
 * @throws `attestation.badAnchor`, `attestation.badCertificate`, `attestation.untrustedRoot`,
 * `attestation.badSignature`, `attestation.expiredCertificate`
 */
export async function verifyChain(
  chain: readonly Uint8Array[],
  anchors: readonly Anchor[],
  now: Date,
  length?: number,
): Promise<VerifiedChain> {
  const last = chain.at(-1);
  if (last === undefined || chain.length < 2 || chain.length > MOST || chain.length !== (length ?? chain.length))
    throw bad(`The certificate chain has ${chain.length} certificates; it must have ${length ?? `2 to ${MOST}`}.`);
  if (!isPinned(last, anchors)) {
    throw attestationError({
      code: 'attestation.untrustedRoot',
      message: 'The certificate chain ends at a root that is not pinned.',
      hint: 'Check that the evidence comes from the network whose root is configured here.',
      data: { root: digestOf(last), pinned: anchors.map(({ fingerprint }) => fingerprint) },
    });
  }
  const certificates = chain.map((raw) => readCertificate(raw));
  for (let index = certificates.length - 2; index >= 0; index--)
    await requireIssued(certificates[index]!, certificates[index + 1]!, index);
  const leaf = certificates[0]!;
  if (leaf.authority !== undefined) throw bad('The leaf certificate is an authority.');
  if (((leaf.keyUsage ?? 0) & DIGITAL_SIGNATURE) === 0) throw bad('The leaf certificate may not sign.');
  for (const certificate of certificates) requireValid(certificate, now);
  return {
    leaf,
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
  if (!(await p256Verify(subject.signature, subject.signed, issuer.publicKey))) {
    throw attestationError({
      code: 'attestation.badSignature',
      message: 'A certificate is not signed by the next one in its chain.',
      place: 'certificate chain',
    });
  }
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
