import { toHex, utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, evidence } from '../test/fixture.ts';
import { detectKind } from './detect-kind.ts';
import { encodeEvidence } from './evidence-file.ts';
import { readEvidence } from './read-evidence.ts';

test('the container comes back whole, under another kind if one is given', () => {
  expect(readEvidence(encodeEvidence(evidence))).toEqual(evidence);
  expect(readEvidence(encodeEvidence(evidence), 'tdx')).toEqual({ ...evidence, kind: 'tdx' });
});

test('a quote is the same as bytes, hex, base64 and JSON', () => {
  const { body } = evidence;
  const hex = toHex(body);
  const wanted = { kind: 'tdx', body };
  const base64 = btoa(String.fromCharCode(...body));
  const texts = [hex, hex.slice(2).toUpperCase(), `${hex.slice(2, 100)}\n${hex.slice(100)}\n`, base64];
  expect(readEvidence(body)).toEqual(wanted);
  for (const text of texts) expect(readEvidence(utf8(text))).toEqual(wanted);
  expect(readEvidence(utf8(JSON.stringify({ quote: hex, event_log: '[]', other: 1 })))).toEqual({
    ...wanted,
    eventLog: utf8('[]'),
  });
});

test.each<[string | undefined, (bytes: Uint8Array) => void, number]>([
  ['sev-snp', (bytes) => (bytes[0] = 3), 1_184],
  [undefined, (bytes) => (bytes[0] = 6), 1_184],
  [undefined, (bytes) => (bytes[0] = 2), 1_183],
  ['nitro', (bytes) => (bytes[0] = 0x84), 4_000],
  ['nitro', (bytes) => bytes.set([0xd2, 0x84]), 4_000],
  ['sgx', (bytes) => bytes.set([3, 0, 2, 0]), 4_000],
  ['tdx', (bytes) => bytes.set([4, 0, 2, 0, 0x81]), 4_000],
  ['tdx', (bytes) => bytes.set([5, 0, 2, 0, 0x81]), 4_000],
  ['sgx', (bytes) => bytes.set([4, 0, 2, 0, 0]), 4_000],
  [undefined, (bytes) => bytes.set([4, 0, 3, 0, 0x81]), 4_000],
  [undefined, (bytes) => bytes.set([4, 0, 2, 0, 0x82]), 4_000],
  [undefined, () => undefined, 4_000],
])('first bytes say %s', (kind, write, length) => {
  const bytes = new Uint8Array(length);
  write(bytes);
  expect(detectKind(bytes)).toBe(kind);
});

test('anything else is refused with a typed error', async () => {
  expect(await codeOf(() => readEvidence(new Uint8Array(262_145)))).toBe('attestation.tooLarge');
  for (const text of ['', '{', '{"quote":1}', '{"quote":"0x0"}', 'hello', '====', 'aGVsbG8='])
    expect(await codeOf(() => readEvidence(utf8(text))), text).toBe('attestation.malformed');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await codeOf(() => readEvidence(bytes))).toMatch(/^(ok|attestation\.malformed)$/);
    }),
  );
});
