import { attestationError } from '../errors.ts';
import { decodeBase64 } from './decode-base64.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]{1,64}\n)+)-----END CERTIFICATE-----\n?/y;

/**
 * The certificates of a PEM text (RFC 7468 strict form), in order, as DER; zero bytes may end it, as they do in quotes.
 *
 * @throws `attestation.badCertificate`
 */
export function readPemChain(bytes: Uint8Array): Uint8Array[] {
  const text = new TextDecoder('latin1').decode(bytes).replace(/\0+$/, '');
  const certificates: Uint8Array[] = [];
  BLOCK.lastIndex = 0;
  while (BLOCK.lastIndex < text.length) {
    const match = BLOCK.exec(text);
    if (!match) throw bad();
    const certificate = decodeBase64(match[1]!.replaceAll('\n', ''));
    if (certificate === undefined) throw bad();
    certificates.push(certificate);
  }
  return certificates;
}

/** The PEM text of certificates in DER, in order. */
export function writePemChain(certificates: readonly Uint8Array[]): string {
  return certificates
    .map((raw) => {
      const lines = btoa(String.fromCharCode(...raw)).replace(/.{64}(?=.)/g, '$&\n');
      return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
    })
    .join('');
}

const bad = (): Error =>
  attestationError({ code: 'attestation.badCertificate', message: 'The certificate chain is not PEM.' });
