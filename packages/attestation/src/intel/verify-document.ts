import { equalBytes, isEncryptechError } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';
import type { Certificate } from '../x509/certificate.ts';
import { p256Verify } from '../x509/p256-verify.ts';
import { readPemChain } from '../x509/pem-chain.ts';
import { verifyChain, type VerifiedChain } from '../x509/verify-chain.ts';
import type { IntelProfile } from './intel-profile.ts';
import { requireName } from './pck-chain.ts';
import type { SignedDocument } from './signed-document.ts';

/** The certificate that signs TCB infos and identities. */
export interface Signer {
  readonly certificate: Certificate;
  readonly validity: VerifiedChain['validity'];
}

/**
 * The signer of a document out of its chain (signer, root), whose root is pinned and is that of the platform's certificate.
 * Any signer of that name will do: Intel renewed its own in May 2025.
 *
 * @throws `attestation.badSignature` for a chain of something else, and the codes of `verifyChain`
 */
export async function verifySigner(
  pem: Uint8Array,
  names: IntelProfile['names'],
  anchors: readonly Anchor[],
  platformRoot: Certificate,
  now: Date,
): Promise<Signer> {
  const { leaf, certificates, validity } = await signerChain(pem, names, anchors, now);
  if (!equalBytes(certificates[1]!.raw, platformRoot.raw)) {
    throw attestationError({
      code: 'attestation.untrustedRoot',
      message: "The signer of the vendor's documents is under another root than the platform.",
    });
  }
  return { certificate: leaf, validity };
}

async function signerChain(
  pem: Uint8Array,
  names: IntelProfile['names'],
  anchors: readonly Anchor[],
  now: Date,
): Promise<VerifiedChain> {
  try {
    const chain = await verifyChain(readPemChain(pem), anchors, now, 2);
    requireName(chain.leaf, [names.tcbSigner]);
    return chain;
  } catch (error) {
    if (!isEncryptechError(error, 'attestation.badCertificate')) throw error;
    // Genuine chains of other signers get here too: whatever they signed, it was not this.
    throw attestationError({
      code: 'attestation.badSignature',
      message: `TCB info and QE identity are not signed by the vendor's TCB signer. ${error.message}`,
      place: 'issuer chain',
      cause: error,
    });
  }
}

/**
 * Passes documents whose exact bytes the signer signed.
 *
 * @throws `attestation.badSignature`
 */
export async function requireSigned(document: SignedDocument, { certificate }: Signer, place: string): Promise<void> {
  if (!(await p256Verify(document.signature, document.signed, certificate.publicKey))) {
    throw attestationError({
      code: 'attestation.badSignature',
      message: `The signature of ${place} does not verify.`,
      place,
    });
  }
}

/**
 * Passes documents that are valid at the time: from their issue on, and until the next update, both ends included.
 *
 * @throws `attestation.expiredEndorsement`
 */
export function requireCurrent(document: { issueDate: Date; nextUpdate: Date }, now: Date, place: string): void {
  const { issueDate, nextUpdate } = document;
  // Written so that an invalid date of any of them fails.
  if (!(issueDate.getTime() <= now.getTime() && now.getTime() <= nextUpdate.getTime())) {
    const isEarly = now.getTime() < issueDate.getTime();
    throw attestationError({
      code: 'attestation.expiredEndorsement',
      message: `${place} ${isEarly ? 'is not valid yet' : 'has expired'} at the given time.`,
      hint: isEarly ? 'Check the clock.' : "Fetch the vendor's collateral anew.",
      place,
      data: { issueDate: issueDate.toISOString(), nextUpdate: nextUpdate.toISOString() },
    });
  }
}
