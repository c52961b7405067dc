import { resolve } from 'node:path';
import type { Anchor } from '@encryptech/attestation';
import { digestOf, fromHex } from '@encryptech/base';
import { cliError } from '../errors.ts';
import { readInput } from '../read-input.ts';

/**
 * The development root in a file: a network file (`network.json`), a certificate in PEM, or one in DER.
 *
 * @throws `cli.fileMissing`, `cli.badFile`
 */
export async function readDevelopmentAnchor(cwd: string, name: string): Promise<Anchor> {
  const bytes = await readInput(resolve(cwd, name));
  const certificate = certificateIn(bytes);
  if (certificate === undefined) {
    throw cliError({
      code: 'cli.badFile',
      message: 'The file holds no development root.',
      place: name,
      hint: 'Give the network.json of a development network, or its root certificate in PEM or DER.',
    });
  }
  return { fingerprint: digestOf(certificate), certificate };
}

function certificateIn(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0x30) return bytes;
  const text = new TextDecoder().decode(bytes);
  const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(text)?.[1];
  if (pem !== undefined) return new Uint8Array(Buffer.from(pem, 'base64'));
  try {
    const { developmentAnchor } = JSON.parse(text) as { developmentAnchor?: { certificate?: unknown } };
    const hex = developmentAnchor?.certificate;
    return typeof hex === 'string' ? fromHex(hex) : undefined;
  } catch {
    return undefined;
  }
}
