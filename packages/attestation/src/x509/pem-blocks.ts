import { attestationError } from '../errors.ts';

const BLOCK = /-----BEGIN (CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/**
 * The certificates and revocation lists in a text, in order, as DER; whatever stands between them is skipped (RFC 7468
 * section 2: lax, since people's files have comments and other line ends). Quotes are read by the strict `readPemChain`.
 *
 * @throws `attestation.badCertificate` where there is none, or one isn't base64
 */
export function readPemBlocks(text: string): { label: 'CERTIFICATE' | 'X509 CRL'; bytes: Uint8Array }[] {
  const blocks = [...text.matchAll(BLOCK)].map(([, label, body]) => ({
    label: label as 'CERTIFICATE' | 'X509 CRL',
    bytes: fromBase64(body!.replace(/\s/g, '')),
  }));
  if (blocks.length === 0 || blocks.length !== text.split('-----BEGIN ').length - 1) throw bad();
  return blocks;
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw bad();
  }
}

const bad = (): Error =>
  attestationError({
    code: 'attestation.badCertificate',
    message: 'A PEM text holds something else than whole certificates and revocation lists.',
  });
