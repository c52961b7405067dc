import { digestOf, fromHex, toHex } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import { derElement, derElements } from '../src/der/der-reader.ts';
import { der, derBits, derInteger, derSequence } from '../src/der/der-writer.ts';
import { writeCertificate, type CertificateFacts } from '../src/software/write-certificate.ts';
import type { Anchor } from '../src/verifier.ts';
import { writeSgxExtensions } from '../src/x509/sgx-extensions.ts';

/** The P-256 secrets of a chain made for tests. */
export const SECRETS = {
  root: new Uint8Array(32).fill(0x21),
  intermediate: new Uint8Array(32).fill(0x22),
  leaf: new Uint8Array(32).fill(0x23),
};

type Change = { [Key in keyof CertificateFacts]?: CertificateFacts[Key] | undefined };

/** Leaf, intermediate and root in DER, right but for the changes; and the root as an anchor. */
export function makeChain(changes: Partial<Record<keyof typeof SECRETS, Change>> = {}): {
  chain: [leaf: Uint8Array, intermediate: Uint8Array, root: Uint8Array];
  anchor: Anchor;
} {
  const make = (role: keyof typeof SECRETS, issuer: keyof typeof SECRETS, pathLength: number | undefined) =>
    writeCertificate({
      serial: Uint8Array.of(7),
      subject: role,
      publicKey: p256.getPublicKey(SECRETS[role], false),
      issuer,
      issuerKey: SECRETS[issuer],
      notBefore: new Date('2025-01-01T00:00:00Z'),
      notAfter: new Date('2030-01-01T00:00:00Z'),
      ...(pathLength === undefined ? {} : { pathLength }),
      ...(role === 'leaf' ? { sgxExtensions: SGX } : {}),
      ...changes[role],
    } as CertificateFacts);
  const root = make('root', 'root', 1);
  const chain = [make('leaf', 'intermediate', undefined), make('intermediate', 'root', 0), root] as const;
  return { chain: [...chain], anchor: { fingerprint: digestOf(root), certificate: root } };
}

const SGX = writeSgxExtensions({
  ppid: new Uint8Array(16).fill(1),
  cpuSvn: new Uint8Array(16).fill(2),
  pceSvn: 13,
  componentSvns: Array.from({ length: 16 }, (_, i) => i * 17),
  pceId: Uint8Array.of(0, 1),
  fmspc: Uint8Array.of(0, 0x90, 0x6e, 0xd5, 0, 0),
});

/** The certificate with one piece of hex in its signed part replaced by another as long, signed anew. */
export function resign(raw: Uint8Array, from: string, to: string, issuerKey: Uint8Array): Uint8Array {
  const [tbs, algorithm] = derElements(derElement(raw, 0x30).content);
  const before = toHex(tbs!.raw);
  if (from.length !== to.length || !before.includes(from)) throw new Error(`${from} can't become ${to}`);
  const signed = fromHex(before.replace(from, to));
  const signature = p256.sign(signed, issuerKey, { lowS: false });
  const value = derSequence(derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32)));
  return derSequence(signed, algorithm!.raw, derBits(value));
}

/** The certificate with its signature's two integers encoded as the content that `encode` gives for their magnitude. */
export function withSignatureContent(raw: Uint8Array, encode: (magnitude: Uint8Array) => Uint8Array): Uint8Array {
  const [tbs, algorithm, bits] = derElements(derElement(raw, 0x30).content);
  const integers = derElements(derElement(bits!.content.subarray(1), 0x30).content);
  const recoded = integers.map(({ content }) => der(0x02, encode(content[0] === 0 ? content.subarray(1) : content)));
  return derSequence(tbs!.raw, algorithm!.raw, derBits(derSequence(...recoded)));
}
