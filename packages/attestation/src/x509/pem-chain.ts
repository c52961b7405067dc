import { attestationError } from '../errors.ts';

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
    certificates.push(fromBase64(match[1]!.replaceAll('\n', '')));
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

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw bad();
  }
}

const bad = (): Error =>
  attestationError({ code: 'attestation.badCertificate', message: 'The certificate chain is not PEM.' });
