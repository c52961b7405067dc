import { attestationError } from '../errors.ts';
import { decodeBase64 } from './decode-base64.ts';

const BLOCK = /-----BEGIN (CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/**
 * The certificates and revocation lists in a text, in order, as DER; whatever stands between them is skipped (RFC 7468
 * section 2: lax, since people's files have comments and other line ends). Quotes are read by the strict `readPemChain`.
 *
 * @throws `attestation.badCertificate` where there is none, or one isn't base64
 */
export function readPemBlocks(text: string): { label: 'CERTIFICATE' | 'X509 CRL'; bytes: Uint8Array }[] {
  const blocks = [...text.matchAll(BLOCK)].map(([, label, body]) => {
    const bytes = decodeBase64(body!.replace(/\s/g, ''));
    if (bytes === undefined) throw bad();
    return { label: label as 'CERTIFICATE' | 'X509 CRL', bytes };
  });
  if (blocks.length === 0 || blocks.length !== text.split('-----BEGIN ').length - 1) throw bad();
  return blocks;
}

const bad = (): Error =>
  attestationError({
    code: 'attestation.badCertificate',
    message: 'A PEM text holds something else than whole certificates and revocation lists.',
  });
