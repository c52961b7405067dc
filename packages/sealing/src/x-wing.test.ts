import { concatBytes, digestOf, fromHex, isEncryptechError, toHex, utf8 } from '@encryptech/base';
import { expect, test } from 'vitest';
import { ENVELOPE_KEMS, envelopeKemOf } from './envelope-kem.ts';
import { hpkeSuites } from './hpke-suite.ts';
import { generateKemKeyPair, kemPublicKey } from './kem-key-pair.ts';
import { openEnvelope } from './open-envelope.ts';
import { sealEnvelope } from './seal-envelope.ts';

// The three test vectors of draft-connolly-cfrg-xwing-kem (appendix C, since version 04): seeds of the key pair and of the
// encapsulation, shared secret. Public key and ciphertext by SHA-256, which a second implementation (noble) gives as well.
const vectors = [
  {
    seed: '7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26',
    eseed:
      '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2',
    secret: '0xd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384',
    publicKey: '0x2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb',
    ciphertext: '0x17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33',
  },
  {
    seed: 'badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea',
    eseed:
      '17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdefaee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d',
    secret: '0xf2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150',
    publicKey: '0xc42ba5f8430d7d2c83739338203819f090e8303ce9c8b02107c272bfa5376916',
    ciphertext: '0x1661ea86d608a1924ba30840cb0a65f13ae051e3aec9cf0f064efc0bc92f2154',
  },
  {
    seed: 'ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9',
    eseed:
      '22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b',
    secret: '0x953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f',
    publicKey: '0x6b080d6b84f095342092fa7a22423e58bd681397ad0ef00eac92bd254db4fa95',
    ciphertext: '0xd3ca5578500344b5896cffc4fd740c9311946b82951df155e6fd86a7966b43c6',
  },
];

test.each(vectors)('the vector of the draft with seed $seed', async ({ seed, eseed, ...expected }) => {
  const { kem } = hpkeSuites['x-wing'];
  const publicKey = await kemPublicKey('x-wing', fromHex(seed));
  expect(digestOf(publicKey)).toBe(expected.publicKey);
  const recipientPublicKey = await kem.deserializePublicKey(publicKey);
  const { enc, sharedSecret } = await kem.encap({ recipientPublicKey, ekm: fromHex(eseed) });
  expect(digestOf(new Uint8Array(enc))).toBe(expected.ciphertext);
  expect(toHex(new Uint8Array(sharedSecret))).toBe(expected.secret);
  const recipientKey = await kem.deserializePrivateKey(fromHex(seed));
  expect(toHex(new Uint8Array(await kem.decap({ recipientKey, enc })))).toBe(expected.secret);
});

test('ids are those of the HPKE registry', () => {
  expect(ENVELOPE_KEMS.x25519.id).toBe(0x0020);
  expect(ENVELOPE_KEMS['x-wing'].id).toBe(0x647a);
  expect(hpkeSuites['x-wing'].kem.id).toBe(0x647a);
  expect([envelopeKemOf(0x20), envelopeKemOf(0x647a), envelopeKemOf(0x30)]).toEqual(['x25519', 'x-wing', undefined]);
});

const [info, aad] = [utf8('info'), utf8('aad')];
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    expect(error.cause).toBeUndefined();
    return error.code;
  }
};

test('what is sealed comes back; both halves of the encapsulated key, ciphertext, info and aad are bound', async () => {
  const { publicKey, secretKey } = await generateKemKeyPair('x-wing');
  expect([publicKey.length, secretKey.length]).toEqual([1216, 32]);
  const envelope = await sealEnvelope({ kem: 'x-wing', recipient: publicKey, plaintext: utf8('secret'), info, aad });
  expect(envelope.length).toBe(1120 + 6 + 16);
  const open = (change: object = {}) =>
    openEnvelope({ ...{ kem: 'x-wing', secretKey, envelope, info, aad }, ...change });
  expect(toHex(await open())).toBe(toHex(utf8('secret')));
  const flipped = (at: number) => envelope.map((byte, i) => (i === at ? byte ^ 1 : byte));
  // ML-KEM: first and last byte; X25519: the same; ciphertext and tag.
  for (const at of [0, 1087, 1088, 1118, 1120, 1141]) {
    expect(await codeOf(open({ envelope: flipped(at) })), `byte ${at}`).toBe('sealing.envelopeRejected');
  }
  expect(await codeOf(open({ info: utf8('Info') }))).toBe('sealing.envelopeRejected');
  expect(await codeOf(open({ aad: utf8('') }))).toBe('sealing.envelopeRejected');
  expect(await codeOf(open({ secretKey: (await generateKemKeyPair('x-wing')).secretKey }))).toBe(
    'sealing.envelopeRejected',
  );
  expect(await codeOf(open({ envelope: envelope.subarray(0, 1135) }))).toBe('sealing.badEnvelope');
  expect(await codeOf(open({ envelope: envelope.subarray(0, 1141) }))).toBe('sealing.envelopeRejected');
  expect(await codeOf(open({ envelope: concatBytes(envelope, Uint8Array.of(0)) }))).toBe('sealing.envelopeRejected');
});

test('keys and envelopes of one KEM are nothing to the other', async () => {
  const hybrid = await generateKemKeyPair('x-wing');
  const classic = await generateKemKeyPair('x25519');
  const seal = (kem: 'x25519' | 'x-wing', recipient: Uint8Array) =>
    sealEnvelope({ kem, recipient, plaintext: utf8('secret'), info, aad });
  expect(await codeOf(seal('x-wing', classic.publicKey))).toBe('sealing.badKey');
  expect(await codeOf(seal('x25519', hybrid.publicKey))).toBe('sealing.badKey');
  // The X25519 half of a hybrid key is a key of its own; the seed it grew from does not open what is sealed to it.
  const half = hybrid.publicKey.subarray(1184);
  const envelope = await seal('x25519', half);
  for (const kem of ['x25519', 'x-wing'] as const) {
    expect(await codeOf(openEnvelope({ kem, secretKey: hybrid.secretKey, envelope, info, aad }))).toBe(
      kem === 'x25519' ? 'sealing.envelopeRejected' : 'sealing.badEnvelope',
    );
  }
});

test('an ML-KEM key with a coefficient out of range is refused (FIPS 203 section 7.2)', async () => {
  const { publicKey } = await generateKemKeyPair('x-wing');
  // The first coefficient, 12 bits, becomes 4095; the modulus is 3329.
  const bad = publicKey.map((byte, i) => (i === 0 ? 0xff : i === 1 ? byte | 0x0f : byte));
  const sealed = sealEnvelope({ kem: 'x-wing', recipient: bad, plaintext: utf8('x'), info, aad });
  expect(await codeOf(sealed)).toBe('sealing.badKey');
});
