import { concatBytes, fromHex, toHex, utf8 } from '@encryptech/base';
import { encode } from 'cborg';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { codeOf, repeat, runtimeBytes, runtimeData } from '../../test/fixture.ts';
import { decodeRuntimeData } from './decode-runtime-data.ts';
import { encodeRuntimeData } from './encode-runtime-data.ts';
import { reportDataOf, requireBinding } from './report-data.ts';
import type { RuntimeData } from './runtime-data.ts';

// Written by hand from RFC 8949: ten text keys, shortest first, then by bytes.
const PUBLISHED =
  '0xaa636a6f6258204444444444444444444444444444444444444444444444444444444444444444656e6f6e63655820333333333333333333' +
  '3333333333333333333333333333333333333333333333667369676e657254888888888888888888888888888888888888888867617474656d' +
  '70740067646174617365745820555555555555555555555555555555555555555555555555555555555555555567707572706f736567' +
  '72656c656173656776657273696f6e016861756469656e6365a3656f776e657254111111111111111111111111111111111111111167636861' +
  '696e4964197a6968636f6e74726163745422222222222222222222222222222222222222226d636f6e66696775726174696f6e582066666666' +
  '666666666666666666666666666666666666666666666666666666666d68706b655075626c69634b6579582077777777777777777777777777' +
  '77777777777777777777777777777777777777';

test('encodes to these bytes and no others', () => {
  expect(toHex(runtimeBytes)).toBe(PUBLISHED);
  expect(toHex(encodeRuntimeData(Object.fromEntries(Object.entries(runtimeData).reverse()) as never))).toBe(PUBLISHED);
});

test('report data are the labelled SHA-256 and 32 zeros', () => {
  expect(toHex(reportDataOf(runtimeBytes))).toBe(
    `0x0c9ccc3c8f4ed988b427febb14c4ca41707fa56e2d2a0f3d6982ac7adba4fc72${'00'.repeat(32)}`,
  );
});

test('report data with anything in the last 32 bytes bind nothing', async () => {
  const good = reportDataOf(runtimeBytes);
  expect(await codeOf(() => requireBinding(good, runtimeBytes))).toBe('ok');
  for (let at = 0; at < 64; at++)
    expect(
      await codeOf(() =>
        requireBinding(
          good.map((byte, i) => (i === at ? byte ^ 1 : byte)),
          runtimeBytes,
        ),
      ),
    ).toBe('attestation.bindingMismatch');
  expect(await codeOf(() => requireBinding(good.subarray(0, 32), runtimeBytes))).toBe('attestation.bindingMismatch');
});

const bytes = (fill: number, length: number) => new Uint8Array(length).fill(fill);
const fields = {
  version: 1,
  purpose: 'release',
  audience: { owner: bytes(1, 20), chainId: 1, contract: bytes(2, 20) },
  nonce: bytes(3, 32),
  job: bytes(4, 32),
  attempt: 0,
  dataset: bytes(5, 32),
  configuration: bytes(6, 32),
  hpkePublicKey: bytes(7, 32),
  signer: bytes(8, 20),
};

const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const anyRuntimeData: fc.Arbitrary<RuntimeData> = fc.record({
  version: fc.constant(1 as const),
  purpose: fc.constantFrom('release', 'register', 'delegate'),
  audience: fc.record({ owner: hex(20), chainId: fc.maxSafeNat(), contract: hex(20) }),
  nonce: hex(32),
  job: hex(32),
  attempt: fc.nat(0xffffffff),
  dataset: hex(32),
  configuration: hex(32),
  hpkePublicKey: hex(32),
  signer: hex(20),
});

test('what is encoded comes back, and different data are different bytes', () => {
  fc.assert(
    fc.property(anyRuntimeData, anyRuntimeData, (a, b) => {
      expect(decodeRuntimeData(encodeRuntimeData(a))).toEqual(a);
      expect(toHex(encodeRuntimeData(a)) === toHex(encodeRuntimeData(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

const hybrid: RuntimeData = { ...runtimeData, kem: 'x-wing', hpkePublicKey: repeat(0x77, 1216) };

test('a key of X-Wing says so and comes back; X25519 has one encoding only', () => {
  const encoded = encodeRuntimeData(hybrid);
  // Eleven keys now; `job` still comes first.
  expect(toHex(encoded.subarray(0, 7))).toBe('0xab636a6f625820');
  expect(toHex(encoded)).toContain('636b656d66782d77696e67');
  expect(decodeRuntimeData(encoded)).toEqual(hybrid);
  for (const kem of [undefined, null, 'x25519', 0x647a]) {
    const lie = encode({ ...fields, kem });
    expect(() => decodeRuntimeData(lie), String(kem)).toThrow(
      expect.objectContaining({ code: 'attestation.badRuntimeData' }),
    );
  }
});

test.each<[string, object]>([
  ['hpkePublicKey', { kem: 'x-wing' }],
  ['hpkePublicKey', { hpkePublicKey: repeat(0x77, 1216) }],
  ['hpkePublicKey', { kem: 'x-wing', hpkePublicKey: repeat(0x77, 1184) }],
  ['kem', { kem: 'x25519' }],
])('refuses a key that does not fit its KEM: %s %j', (place, change) => {
  const data = { ...runtimeData, ...change } as RuntimeData;
  expect(() => encodeRuntimeData(data)).toThrow(expect.objectContaining({ code: 'attestation.badRuntimeData', place }));
  const raw = { ...fields, ...change, hpkePublicKey: fromHex(data.hpkePublicKey) };
  expect(() => decodeRuntimeData(encode(raw))).toThrow(
    expect.objectContaining({ code: 'attestation.badRuntimeData', place }),
  );
});

test('checksummed addresses encode like lower-case ones', () => {
  const checksummed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  const data = decodeRuntimeData(encodeRuntimeData({ ...runtimeData, signer: checksummed }));
  expect(data.signer).toBe('0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed');
});

test.each<[string, object]>([
  ['version', { version: 2 }],
  ['purpose', { purpose: 'inference' }],
  ['audience.owner', { audience: { ...runtimeData.audience, owner: repeat(1, 32) } }],
  ['audience.chainId', { audience: { ...runtimeData.audience, chainId: -1 } }],
  ['audience.chainId', { audience: { ...runtimeData.audience, chainId: 2 ** 53 } }],
  ['audience.contract', { audience: { ...runtimeData.audience, contract: '0x' } }],
  ['nonce', { nonce: repeat(1, 31) }],
  ['job', { job: 'job' }],
  ['attempt', { attempt: 1.5 }],
  ['attempt', { attempt: 2 ** 32 }],
  ['dataset', { dataset: repeat(1, 33) }],
  ['configuration', { configuration: '0xzz' }],
  ['hpkePublicKey', { hpkePublicKey: repeat(1, 20) }],
  ['signer', { signer: repeat(1, 32) }],
])('refuses to encode a bad %s', (place, change) => {
  expect(() => encodeRuntimeData({ ...runtimeData, ...change } as RuntimeData)).toThrow(
    expect.objectContaining({ code: 'attestation.badRuntimeData', place }),
  );
});

const { nonce: _nonce, ...withoutNonce } = fields;

test.each<[string, unknown]>([
  ['runtime data', []],
  ['runtime data', 'text'],
  ['runtime data', { ...fields, extra: 1 }],
  ['runtime data', new Map<unknown, unknown>([...Object.entries(fields), [1, 1]])],
  ['nonce', withoutNonce],
  ['version', { ...fields, version: 2 }],
  ['version', { ...fields, version: '1' }],
  ['purpose', { ...fields, purpose: 'Release' }],
  ['audience', { ...fields, audience: 'owner' }],
  ['audience', { ...fields, audience: { ...fields.audience, extra: 1 } }],
  ['contract', { ...fields, audience: { owner: bytes(1, 20), chainId: 1 } }],
  ['owner', { ...fields, audience: { ...fields.audience, owner: bytes(1, 21) } }],
  ['chainId', { ...fields, audience: { ...fields.audience, chainId: -1 } }],
  ['nonce', { ...fields, nonce: repeat(3, 32) }],
  ['nonce', { ...fields, nonce: bytes(3, 31) }],
  ['attempt', { ...fields, attempt: 2 ** 32 }],
  ['attempt', { ...fields, attempt: 0.5 }],
  ['attempt', { ...fields, attempt: 2n ** 60n }],
  ['signer', { ...fields, signer: null }],
])('refuses to decode a bad %s', (place, value) => {
  expect(() => decodeRuntimeData(encode(value))).toThrow(
    expect.objectContaining({ code: 'attestation.badRuntimeData', place }),
  );
});

const canonical = encode(fields);
const replaced = (from: string, to: string) => {
  const before = toHex(canonical);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return fromHex(after);
};
const key = (name: string) => toHex(encode(name)).slice(2);

test('the same data in any other encoding are refused', async () => {
  const others: Record<string, Uint8Array> = {
    'trailing byte': concatBytes(canonical, Uint8Array.of(0)),
    'duplicate key': concatBytes(Uint8Array.of(0xab), canonical.subarray(1), utf8('gversion'), Uint8Array.of(1)),
    'key order': encode(new Map(Object.entries(fields)), { mapSorter: () => 0 }),
    'longer integer': replaced(`${key('attempt')}00`, `${key('attempt')}1800`),
    'float integer': replaced(`${key('attempt')}00`, `${key('attempt')}f90000`),
    'longer length': replaced(`${key('nonce')}5820`, `${key('nonce')}590020`),
    'indefinite map': concatBytes(Uint8Array.of(0xbf), canonical.subarray(1), Uint8Array.of(0xff)),
    'tagged map': concatBytes(Uint8Array.of(0xd8, 0x18), canonical),
    'text in chunks': replaced(`67${toHex(utf8('release')).slice(2)}`, `7f67${toHex(utf8('release')).slice(2)}ff`),
  };
  expect(await codeOf(() => decodeRuntimeData(canonical))).toBe('ok');
  for (const [what, other] of Object.entries(others))
    expect(await codeOf(() => decodeRuntimeData(other)), what).toBe('attestation.badRuntimeData');
});

test('maps and lists as keys are refused without a word on the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  // {{}: 1, []: 2}, {1: 2} and a list of the first.
  for (const hostile of ['a2a0018002', 'a10102', '81a1a001', `a1636a6f62a1${'80'}01`]) {
    expect(await codeOf(() => decodeRuntimeData(fromHex(hostile)))).toBe('attestation.badRuntimeData');
  }
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('a cut at any length is refused', async () => {
  for (let length = 0; length < runtimeBytes.length; length++)
    expect(await codeOf(() => decodeRuntimeData(runtimeBytes.subarray(0, length)))).toBe('attestation.badRuntimeData');
});

test('garbage, deep nesting and long inputs are refused with a typed error', async () => {
  expect(await codeOf(() => decodeRuntimeData(bytes(0x81, 2_048)))).toBe('attestation.badRuntimeData');
  expect(await codeOf(() => decodeRuntimeData(bytes(0, 2_049)))).toBe('attestation.tooLarge');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (garbage) => {
      expect(await codeOf(() => decodeRuntimeData(garbage))).toBe('attestation.badRuntimeData');
    }),
  );
});
