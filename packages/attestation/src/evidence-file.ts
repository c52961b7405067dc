import { decodeCanonicalCbor, encodeCanonicalCbor } from './canonical-cbor.ts';
import { attestationError } from './errors.ts';
import { TEE_KINDS, type Evidence } from './evidence.ts';
import { requireSize } from './require-size.ts';

const MAX_BYTES = 65_536;
const MAX_CERTIFICATES = 8;
const NAMES = ['kind', 'body', 'runtimeData', 'certificates', 'eventLog'];

/** Evidence as canonical CBOR: one map with `kind`, `body`, `runtimeData` and, where there are any, `certificates` and `eventLog`. */
export const encodeEvidence = ({ kind, body, runtimeData, certificates, eventLog }: Evidence): Uint8Array =>
  encodeCanonicalCbor({
    kind,
    body,
    runtimeData,
    ...(certificates === undefined ? {} : { certificates }),
    ...(eventLog === undefined ? {} : { eventLog }),
  });

/**
 * Evidence out of canonical CBOR. Only the container is checked: the contents are for {@link verifyEvidence}.
 *
 * @throws `attestation.tooLarge`, `attestation.malformed`
 */
export function decodeEvidence(bytes: Uint8Array): Evidence {
  requireSize(bytes, MAX_BYTES, 'evidence');
  const fields = decodeCanonicalCbor(bytes);
  if (fields instanceof Map && [...fields.keys()].every((name) => NAMES.includes(name as string))) {
    const kind = TEE_KINDS.find((known) => known === fields.get('kind'));
    const [body, runtimeData, certificates, eventLog] = NAMES.slice(1).map((name) => fields.get(name) as unknown);
    if (
      kind !== undefined &&
      body instanceof Uint8Array &&
      runtimeData instanceof Uint8Array &&
      (certificates === undefined || isCertificates(certificates)) &&
      (eventLog === undefined || eventLog instanceof Uint8Array)
    ) {
      return {
        kind,
        body,
        runtimeData,
        ...(certificates === undefined ? {} : { certificates }),
        ...(eventLog === undefined ? {} : { eventLog }),
      };
    }
  }
  throw attestationError({
    code: 'attestation.malformed',
    message: 'These bytes are not evidence in canonical CBOR.',
  });
}

const isCertificates = (value: unknown): value is Uint8Array[] =>
  Array.isArray(value) &&
  value.length <= MAX_CERTIFICATES &&
  value.every((certificate) => certificate instanceof Uint8Array);
