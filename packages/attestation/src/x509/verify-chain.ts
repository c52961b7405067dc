import type { Anchor } from '../verifier.ts';
import type { Certificate } from './certificate.ts';
import { verifyPath, type VerifiedPath } from './verify-path.ts';

export interface VerifiedChain extends VerifiedPath {
  readonly leaf: Certificate;
}

/**
 * {@link verifyPath} for Intel's chains and those made like them: ECDSA on P-256 throughout, a leaf that states that it signs.
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
  const path = await verifyPath(chain, { anchors, now, algorithms: ['p256'], leafStatesUsage: true, length });
  return { ...path, leaf: path.certificates[0]! };
}
