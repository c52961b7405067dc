import { attestationError } from './errors.ts';
import type { TrustAnchors } from './verifier.ts';

/**
 * Refuses trust anchors that hold a development root. A production configuration calls this before it starts.
 *
 * @throws `attestation.developmentAnchor`
 */
export function assertProduction(anchors: TrustAnchors): void {
  if (anchors.development.length > 0) {
    throw attestationError({
      code: 'attestation.developmentAnchor',
      message: 'A production configuration must not trust a development root: anybody can make evidence under it.',
      hint: 'Remove the development anchors, or start a development network.',
      data: { fingerprints: anchors.development.map(({ fingerprint }) => fingerprint) },
    });
  }
}
