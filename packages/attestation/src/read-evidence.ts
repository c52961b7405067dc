import { fromHex, isEncryptechError } from '@encryptech/base';
import { detectKind } from './detect-kind.ts';
import { attestationError } from './errors.ts';
import { decodeEvidence } from './evidence-file.ts';
import type { Evidence, TeeKind } from './evidence.ts';
import { requireSize } from './require-size.ts';

const MAX_BYTES = 262_144;

/** Evidence as people have it: with runtime data if it was made for this protocol, without if for another one. */
export type FoundEvidence = Omit<Evidence, 'runtimeData'> & { readonly runtimeData?: Uint8Array };

/**
 * The evidence in a file: a quote, report or document as it is or as text in hex or base64, a JSON object with `quote` in hex
 * (and `event_log`), or this package's own container. The kind is the given one, else what the container says, else a guess
 * from the first bytes. Nothing is verified.
 *
 * @throws `attestation.tooLarge`, `attestation.malformed`
 */
export function readEvidence(bytes: Uint8Array, kind?: TeeKind): FoundEvidence {
  requireSize(bytes, MAX_BYTES, 'evidence');
  const container = tryContainer(bytes);
  if (container !== undefined) return kind === undefined ? container : { ...container, kind };
  const { body, eventLog } = unpack(bytes);
  const found = kind ?? detectKind(body);
  if (found === undefined) {
    throw attestationError({
      code: 'attestation.malformed',
      message: 'This is no evidence of a kind that is known here.',
      hint: 'Evidence is a TDX or SGX quote, an SEV-SNP report of 1184 bytes, a Nitro document, or what an enclave of Encryptech sent.',
    });
  }
  return { kind: found, body, ...(eventLog === undefined ? {} : { eventLog }) };
}

function tryContainer(bytes: Uint8Array): Evidence | undefined {
  try {
    return decodeEvidence(bytes);
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    return undefined;
  }
}

function unpack(bytes: Uint8Array): { body: Uint8Array; eventLog?: Uint8Array } {
  // Text starts with a letter, digit or brace; of the binary formats only quotes could look so, and their third byte is 2.
  if (
    bytes.length > 2 &&
    bytes.subarray(0, 48).some((byte) => byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
  )
    return { body: bytes };
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith('{')) return unpackJson(text);
  const compact = text.replace(/\s/g, '');
  if (/^(?:0x)?(?:[0-9a-fA-F]{2})+$/.test(compact)) return { body: fromHex(compact) };
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return { body: fromBase64(compact) };
  return { body: bytes };
}

function unpackJson(text: string): { body: Uint8Array; eventLog?: Uint8Array } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('is not JSON that can be read');
  }
  const { quote, event_log: eventLog } = value as { quote?: unknown; event_log?: unknown };
  if (typeof quote !== 'string' || !/^(?:0x)?(?:[0-9a-fA-F]{2})+$/.test(quote)) throw malformed('has no quote in hex');
  return {
    body: fromHex(quote),
    ...(typeof eventLog === 'string' ? { eventLog: new TextEncoder().encode(eventLog) } : {}),
  };
}

function fromBase64(text: string): Uint8Array {
  try {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
  } catch {
    throw malformed('is not base64');
  }
}

const malformed = (message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The evidence ${message}.` });
