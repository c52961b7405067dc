import { utf8 } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { jsonSlices } from './json-slices.ts';

const MAX_BYTES = 262_144;

/** A document of Intel's provisioning certification service, taken apart; nothing in it has been verified. */
export interface SignedDocument {
  /** The exact bytes that the signature covers. */
  readonly signed: Uint8Array;
  /** The same as text. */
  readonly text: string;
  /** r, then s, 32 bytes each. */
  readonly signature: Uint8Array;
}

/**
 * The parts of a body such as `{"tcbInfo":{…},"signature":"…"}`, in which `member` is signed (Intel SGX and TDX PCS API,
 * version 4, "Get TCB Info" and "Get Quoting Enclave Identity").
 *
 * @throws `attestation.tooLarge`, `attestation.badEndorsement`
 */
export function readSignedDocument(bytes: Uint8Array, member: 'tcbInfo' | 'enclaveIdentity'): SignedDocument {
  requireSize(bytes, MAX_BYTES, member);
  const slices = jsonSlices(textOf(bytes, member));
  const [text, signature] = [slices.get(member), slices.get('signature')];
  if (slices.size !== 2 || text === undefined || !/^"[0-9a-fA-F]{128}"$/.test(signature ?? '')) {
    throw attestationError({
      code: 'attestation.badEndorsement',
      message: `A document should have exactly the members ${member} and signature (64 bytes of hex).`,
      place: member,
    });
  }
  const hex = signature!.slice(1, -1);
  return {
    signed: utf8(text),
    text,
    signature: Uint8Array.from({ length: 64 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)),
  };
}

function textOf(bytes: Uint8Array, member: string): string {
  try {
    // Without `ignoreBOM` a mark would be dropped, and what is verified would not be what came.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw attestationError({
      code: 'attestation.badEndorsement',
      message: 'A document of the vendor is not UTF-8.',
      place: member,
    });
  }
}
