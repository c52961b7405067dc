import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonNameOf } from '../x509/common-name.ts';
import { readPemChain } from '../x509/pem-chain.ts';
import { readSgxExtensions, type SgxExtensions } from '../x509/sgx-extensions.ts';
import { verifyChain, type VerifiedChain } from '../x509/verify-chain.ts';
import type { IntelProfile } from './intel-profile.ts';
import { CERTIFICATION_PEM_CHAIN } from './quote-layout.ts';
import type { Quote } from './read-quote.ts';

/** A platform's certificate, known to be the vendor's. */
export interface PckChain {
  readonly pck: Certificate;
  readonly authority: Certificate;
  readonly root: Certificate;
  readonly platform: SgxExtensions;
  readonly validity: VerifiedChain['validity'];
}

/** Certification data that a PCK certificate would have to be fetched for (Intel's quote format, "QE Certification Data"). */
const NAMED_ONLY: Readonly<Record<number, string>> = {
  1: 'only the platform’s identifier in the clear',
  2: 'only the platform’s identifier, encrypted by RSA-2048',
  3: 'only the platform’s identifier, encrypted by RSA-3072',
  4: 'a PCK certificate without its chain',
};

/**
 * The certificates of a quote as PEM.
 *
 * @throws `attestation.unsupportedCertification` for quotes that only name their platform (types 1 to 3)
 */
export function requirePemChain(quote: Quote): Uint8Array {
  if (quote.certificationType !== CERTIFICATION_PEM_CHAIN) {
    throw attestationError({
      code: 'attestation.unsupportedCertification',
      message: `The quote carries ${NAMED_ONLY[quote.certificationType] ?? 'other certification data'} (type ${quote.certificationType}), not a PCK certificate chain (type 5).`,
      hint: 'Configure the platform to put its PCK certificate chain into quotes.',
      data: { certificationDataType: quote.certificationType },
    });
  }
  return quote.certificationData;
}

/**
 * The PCK certificate of a chain (PCK, platform or processor authority, root) to a pinned root, in which each certificate
 * has the name that its place asks for (PckCertVerifier.cpp; QuoteVerifier.cpp, 4.1.2.4.4).
 *
 * @throws the codes of `verifyChain`
 */
export async function verifyPckChain(
  pem: Uint8Array,
  names: IntelProfile['names'],
  anchors: readonly Anchor[],
  now: Date,
): Promise<PckChain> {
  const { certificates, validity } = await verifyChain(readPemChain(pem), anchors, now, 3);
  const [pck, authority, root] = certificates as [Certificate, Certificate, Certificate];
  requireName(pck, [names.pck]);
  requireName(authority, names.platformAuthorities);
  requireName(root, [names.root]);
  if (pck.sgxExtensions === undefined) {
    throw attestationError({
      code: 'attestation.badCertificate',
      message: 'The leaf certificate is not a PCK certificate: it has no SGX extension.',
    });
  }
  return { pck, authority, root, platform: readSgxExtensions(pck.sgxExtensions), validity };
}

/**
 * Passes certificates with one of the common names.
 *
 * @throws `attestation.badCertificate`
 */
export function requireName(certificate: Certificate, allowed: readonly string[]): void {
  const name = commonNameOf(certificate.subject);
  if (!allowed.includes(name)) {
    throw attestationError({
      code: 'attestation.badCertificate',
      message: `A certificate is named "${name.slice(0, 80)}" where "${allowed.join('" or "')}" should be.`,
      data: { name: name.slice(0, 80) },
    });
  }
}
