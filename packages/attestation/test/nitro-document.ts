import { concatBytes, digestOf } from '@encryptech/base';
import { p384 } from '@noble/curves/nist.js';
import { encode } from 'cborg';
import type { Anchor } from '../src/verifier.ts';
import { p384Certificate, p384Secret, type P384Facts } from './p384-certificate.ts';

export const NITRO_TIME = new Date('2026-07-01T12:00:00Z');
const SECRETS = { root: p384Secret(1), zonal: p384Secret(2), leaf: p384Secret(3) };
const YEAR_MS = 31_536_000_000;

/** A hierarchy like AWS's: root, a zonal authority, and a leaf that lives three hours. */
export function nitroPki(changes: Partial<Record<'root' | 'zonal' | 'leaf', Partial<P384Facts>>> = {}): {
  anchor: Anchor;
  bundle: Uint8Array[];
  certificate: Uint8Array;
} {
  const time = NITRO_TIME.getTime();
  const make = (role: keyof typeof SECRETS, issuer: keyof typeof SECRETS, livesMs: number, pathLength?: number) =>
    p384Certificate({
      subject: role,
      issuer,
      secret: SECRETS[role],
      issuerSecret: SECRETS[issuer],
      notBefore: new Date(time - 60_000),
      notAfter: new Date(time + livesMs),
      pathLength,
      ...changes[role],
    });
  const root = make('root', 'root', 10 * YEAR_MS, 1);
  return {
    anchor: { fingerprint: digestOf(root), certificate: root },
    bundle: [root, make('zonal', 'root', YEAR_MS, 0)],
    certificate: make('leaf', 'zonal', 3 * 3_600_000),
  };
}

/** The fields of a good document, with changes; `undefined` leaves one out. */
export function nitroFields(changes: Readonly<Record<string, unknown>> = {}): Map<string, unknown> {
  const { bundle, certificate } = nitroPki();
  const register = (byte: number) => new Uint8Array(48).fill(byte);
  const fields = {
    module_id: 'i-0123456789abcdef0-enc0123456789abcdef',
    digest: 'SHA384',
    timestamp: NITRO_TIME.getTime(),
    pcrs: new Map([0, 1, 2, 3, 4, 8].map((index) => [index, register(index + 1)])),
    certificate,
    cabundle: bundle,
    public_key: null,
    user_data: new Uint8Array(64).fill(5),
    nonce: null,
    ...changes,
  };
  return new Map(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A document signed by the leaf over a payload. */
export function signDocument(payload: Uint8Array, secret = SECRETS.leaf): Uint8Array {
  const header = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);
  const signed = encode(['Signature1', header, new Uint8Array(0), payload]);
  const signature = p384.sign(signed, secret, { lowS: false });
  return concatBytes(Uint8Array.of(0x84), encode(header), Uint8Array.of(0xa0), encode(payload), encode(signature));
}

export const nitroDocument = (changes: Readonly<Record<string, unknown>> = {}): Uint8Array =>
  signDocument(encode(nitroFields(changes)));
