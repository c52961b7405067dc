import { generateEnvelopeKeyPair } from '@encryptech/sealing';
import { describe, expect, test } from 'vitest';
import { digestOf, fromHex } from '@encryptech/base';
import { bytes32, certificate as template, challenge, domain } from '../../test/fixtures.ts';
import { openResult } from './open-result.ts';
import { openReleasedKeys, sealReleasedKeys } from './release-keys.ts';
import { sealResult } from './seal-result.ts';

const model = Uint8Array.from({ length: 200_000 }, (_, i) => i & 0xff);
const certificate = { ...template, model: digestOf(model) };
const jobId = certificate.job;

describe('a sealed result', () => {
  const { publicKey, secretKey } = generateEnvelopeKeyPair();
  const seal = (): Promise<Uint8Array> => sealResult({ recipient: publicKey, jobId, model, certificate });

  test('opens to the same model and certificate', async () => {
    expect(await openResult({ secretKey, jobId, bytes: await seal() })).toStrictEqual({ model, certificate });
  });

  test('opens for nobody else, and for no other job', async () => {
    const bytes = await seal();
    const other = generateEnvelopeKeyPair().secretKey;
    const rejected = { code: 'sealing.envelopeRejected' };
    await expect(openResult({ secretKey: other, jobId, bytes })).rejects.toMatchObject(rejected);
    await expect(openResult({ secretKey, jobId: bytes32('7'), bytes })).rejects.toMatchObject(rejected);
  });

  test('is all or nothing: no changed byte, no cut, no other version goes through', async () => {
    const bytes = await seal();
    for (const at of [1, 2, 40, 100, 90_000, bytes.length - 1]) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      await expect(openResult({ secretKey, jobId, bytes: changed })).rejects.toThrow();
    }
    for (const length of [0, 1, 2, 50, 100, 70_000, bytes.length - 1]) {
      await expect(openResult({ secretKey, jobId, bytes: bytes.subarray(0, length) })).rejects.toThrow();
    }
    const newer = bytes.slice();
    newer[0] = 2;
    await expect(openResult({ secretKey, jobId, bytes: newer })).rejects.toMatchObject({
      code: 'protocol.unknownVersion',
    });
  });

  test('is not made with the certificate of another model or job', async () => {
    const bad = { code: 'protocol.badResult' };
    await expect(sealResult({ recipient: publicKey, jobId, model, certificate: template })).rejects.toMatchObject(bad);
    await expect(sealResult({ recipient: publicKey, jobId: bytes32('7'), model, certificate })).rejects.toMatchObject(
      bad,
    );
  });

  test('hides the model', async () => {
    const bytes = Buffer.from(await seal());
    expect(bytes.includes(Buffer.from(model.subarray(0, 32)))).toBe(false);
    expect(bytes.includes(jobId)).toBe(false);
  });
});

describe('released keys', () => {
  const { publicKey, secretKey } = generateEnvelopeKeyPair();
  const keys = {
    dataKey: new Uint8Array(32).fill(1),
    checkpointKey: new Uint8Array(32).fill(2),
    randomnessRoot: fromHex('03'.repeat(32)),
  };
  const context = { challenge, domain, evidenceId: bytes32('4') };

  test('open in the enclave that the owner meant', async () => {
    const sealed = await sealReleasedKeys(keys, { recipient: publicKey, ...context });
    expect(await openReleasedKeys(sealed, { secretKey, ...context })).toStrictEqual(keys);
  });

  test.each([
    ['another enclave', { secretKey: generateEnvelopeKeyPair().secretKey }],
    ['another nonce', { challenge: { ...challenge, nonce: bytes32('8') } }],
    ['another job', { challenge: { ...challenge, jobId: bytes32('8') } }],
    ['another attempt', { challenge: { ...challenge, attempt: 2 } }],
    ['another policy', { challenge: { ...challenge, policyDigest: bytes32('8') } }],
    ['another evidence', { evidenceId: bytes32('8') }],
    ['another chain', { domain: { ...domain, chainId: 1 } }],
  ])('stay shut under %s', async (_, change) => {
    const sealed = await sealReleasedKeys(keys, { recipient: publicKey, ...context });
    await expect(openReleasedKeys(sealed, { secretKey, ...context, ...change })).rejects.toMatchObject({
      code: 'sealing.envelopeRejected',
    });
  });

  test('have 32 bytes each', async () => {
    const short = { ...keys, dataKey: new Uint8Array(16) };
    await expect(async () => sealReleasedKeys(short, { recipient: publicKey, ...context })).rejects.toMatchObject({
      code: 'protocol.badMessage',
    });
  });
});
