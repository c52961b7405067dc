import { concatBytes, fromHex, isEncryptechError, toHex, utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelopePublicKey, generateEnvelopeKeyPair } from './envelope-key-pair.ts';
import { hpkeSuites } from './hpke-suite.ts';
import { openEnvelope } from './open-envelope.ts';
import { sealEnvelope } from './seal-envelope.ts';

// The test vectors that RFC 9180 refers to in its Appendix A: mode 0, KEM 0x0020, KDF 0x0001, AEAD 0x0002, sequence 0.
const vector = {
  info: fromHex('4f6465206f6e2061204772656369616e2055726e'),
  ikmE: fromHex('2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9'),
  skRm: fromHex('497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d'),
  pkRm: fromHex('430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c'),
  enc: fromHex('6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256'),
  aad: fromHex('436f756e742d30'),
  pt: fromHex('4265617574792069732074727574682c20747275746820626561757479'),
  ct: fromHex('e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a'),
};

test('opens the vector of RFC 9180', async () => {
  const { skRm: secretKey, enc, ct, info, aad, pt } = vector;
  expect(toHex(envelopePublicKey(secretKey))).toBe(toHex(vector.pkRm));
  expect(toHex(await openEnvelope({ secretKey, envelope: concatBytes(enc, ct), info, aad }))).toBe(toHex(pt));
});

test('the suite seals the vector of RFC 9180 under its ephemeral key', async () => {
  const recipientPublicKey = await hpkeSuites.x25519.kem.deserializePublicKey(vector.pkRm);
  const ekm = vector.ikmE.buffer;
  const sender = await hpkeSuites.x25519.createSenderContext({ recipientPublicKey, info: vector.info, ekm });
  expect(toHex(new Uint8Array(sender.enc))).toBe(toHex(vector.enc));
  expect(toHex(new Uint8Array(await sender.seal(vector.pt, vector.aad)))).toBe(toHex(vector.ct));
});

test('what is sealed comes back, and twice sealed is twice different', async () => {
  const { publicKey, secretKey } = generateEnvelopeKeyPair();
  const bytes = fc.uint8Array({ maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(bytes, bytes, bytes, async (plaintext, info, aad) => {
      const envelope = await sealEnvelope({ recipient: publicKey, plaintext, info, aad });
      const again = await sealEnvelope({ recipient: publicKey, plaintext, info, aad });
      expect(envelope.length).toBe(plaintext.length + 48);
      expect(toHex(again)).not.toBe(toHex(envelope));
      expect(toHex(await openEnvelope({ secretKey, envelope, info, aad }))).toBe(toHex(plaintext));
    }),
    { numRuns: 25 },
  );
});

test('any changed byte, any cut, another key, info or aad is refused', async () => {
  const { publicKey, secretKey } = generateEnvelopeKeyPair();
  const [info, aad] = [utf8('info'), utf8('aad')];
  const envelope = await sealEnvelope({ recipient: publicKey, plaintext: utf8('secret'), info, aad });
  const codeOf = async (change: Partial<Parameters<typeof openEnvelope>[0]>): Promise<string> => {
    try {
      await openEnvelope({ secretKey, envelope, info, aad, ...change });
      return 'ok';
    } catch (error) {
      if (!isEncryptechError(error)) throw error;
      expect(JSON.stringify(error)).not.toContain(toHex(secretKey).slice(2, 18));
      expect(error.cause).toBeUndefined();
      return error.code;
    }
  };
  expect(await codeOf({})).toBe('ok');
  for (let at = 0; at < envelope.length; at++) {
    const changed = envelope.map((byte, i) => (i === at ? byte ^ 1 : byte));
    expect(await codeOf({ envelope: changed }), `byte ${at}`).toBe('sealing.envelopeRejected');
    expect(await codeOf({ envelope: envelope.subarray(0, at) }), `${at} bytes`).toBe(
      at < 48 ? 'sealing.badEnvelope' : 'sealing.envelopeRejected',
    );
  }
  expect(await codeOf({ envelope: concatBytes(envelope, Uint8Array.of(0)) })).toBe('sealing.envelopeRejected');
  expect(await codeOf({ secretKey: generateEnvelopeKeyPair().secretKey })).toBe('sealing.envelopeRejected');
  expect(await codeOf({ info: utf8('Info') })).toBe('sealing.envelopeRejected');
  expect(await codeOf({ aad: utf8('') })).toBe('sealing.envelopeRejected');
  expect(await codeOf({ secretKey: new Uint8Array(31) })).toBe('sealing.badKey');
});

test('points of small order are refused on both sides (RFC 9180 section 7.1.4)', async () => {
  const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));
  const { secretKey } = generateEnvelopeKeyPair();
  const empty = new Uint8Array(0);
  for (const point of [new Uint8Array(32), one]) {
    await expect(
      sealEnvelope({ recipient: point, plaintext: utf8('x'), info: empty, aad: empty }),
    ).rejects.toMatchObject({ code: 'sealing.badKey' });
    const envelope = concatBytes(point, new Uint8Array(16));
    await expect(openEnvelope({ secretKey, envelope, info: empty, aad: empty })).rejects.toMatchObject({
      code: 'sealing.envelopeRejected',
    });
  }
});
