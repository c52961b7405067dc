import { digestOf } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';

/**
 * True for a root certificate in DER that has the fingerprint of one of the anchors: then it is the pinned root, byte for
 * byte, wherever the copy came from.
 *
 * @throws `attestation.badAnchor` for an anchor that carries a certificate of another fingerprint
 */
export function isPinned(root: Uint8Array, anchors: readonly Anchor[]): boolean {
  for (const { fingerprint, certificate } of anchors) {
    if (certificate !== undefined && digestOf(certificate) !== fingerprint) {
      throw attestationError({
        code: 'attestation.badAnchor',
        message: 'A pinned root certificate does not have the fingerprint it is pinned by.',
        data: { fingerprint },
      });
    }
  }
  const fingerprint = digestOf(root);
  return anchors.some((anchor) => anchor.fingerprint === fingerprint);
}
