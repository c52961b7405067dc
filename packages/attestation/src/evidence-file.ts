import { decodeCanonicalCbor, encodeCanonicalCbor } from './canonical-cbor.ts';
import { attestationError } from './errors.ts';
import { TEE_KINDS, type Evidence } from './evidence.ts';
import { requireSize } from './require-size.ts';

const MAX_BYTES = 65_536;

/** Evidence as canonical CBOR: one map with `kind`, `body` and `runtimeData`. */
export const encodeEvidence = ({ kind, body, runtimeData }: Evidence): Uint8Array =>
  encodeCanonicalCbor({ kind, body, runtimeData });

/**
 * Evidence out of canonical CBOR. Only the container is checked: the contents are for {@link verifyEvidence}.
 *
 * @throws `attestation.tooLarge`, `attestation.malformed`
 */
export function decodeEvidence(bytes: Uint8Array): Evidence {
  requireSize(bytes, MAX_BYTES, 'evidence');
  const fields = decodeCanonicalCbor(bytes);
  if (fields instanceof Map && fields.size === 3) {
    const kind = TEE_KINDS.find((known) => known === fields.get('kind'));
    const [body, runtimeData] = [fields.get('body') as unknown, fields.get('runtimeData') as unknown];
    if (kind !== undefined && body instanceof Uint8Array && runtimeData instanceof Uint8Array)
      return { kind, body, runtimeData };
  }
  throw attestationError({
    code: 'attestation.malformed',
    message: 'These bytes are not evidence in canonical CBOR.',
  });
}
