import { concatBytes, fromHex, toHex, utf8, type Hex } from '@encryptech/base';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, flipped } from '../../../test/fixture.ts';
import { intelSample, verifySample } from '../../../test/intel-samples.ts';
import { teeSampleText, testWithSamples } from '../../../test/tee-samples.ts';
import { verifyEvidenceBody } from '../../verify-evidence.ts';
import { readEventLog, replayEventLog } from './replay-event-log.ts';

const number = (value: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
const sized = (bytes: Uint8Array) => concatBytes(number(bytes.length, 4), bytes);
const sha384 = (...parts: Uint8Array[]) =>
  new Uint8Array(
    createHash('sha384')
      .update(concatBytes(...parts))
      .digest(),
  );
const ZEROS = new Uint8Array(48);

const ALGORITHMS = concatBytes(number(2, 4), number(0x000b, 2), number(32, 2), number(0x000c, 2), number(48, 2));
const HEADER = concatBytes(
  number(0, 4),
  number(3, 4),
  new Uint8Array(20),
  sized(concatBytes(utf8('Spec ID Event03\0'), new Uint8Array(8), ALGORITHMS, Uint8Array.of(0))),
);
/** An event of the table, with digests of two algorithms. */
const event = (index: number, type: number, digest: Uint8Array, payload = utf8('what')) =>
  concatBytes(
    number(index, 4),
    number(type, 4),
    number(2, 4),
    number(0x000b, 2),
    new Uint8Array(32),
    number(0x000c, 2),
    digest,
    sized(payload),
  );

const [first, second, third] = [1, 2, 3].map((byte) => new Uint8Array(48).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const table = concatBytes(
  HEADER,
  event(1, 8, first),
  event(1, 3, third),
  event(2, 0x8000_0003, second),
  event(1, 4, third),
  new Uint8Array(200).fill(0xff),
);
// RTMR0 is two extensions, RTMR1 one, the others none: computed by OpenSSL.
const measurements: Record<string, Hex> = {
  rtmr0: toHex(sha384(sha384(ZEROS, first), third)),
  rtmr1: toHex(sha384(ZEROS, second)),
  rtmr2: toHex(ZEROS),
  rtmr3: toHex(ZEROS),
};

test('a firmware log replays into its registers; events without action extend nothing', () => {
  expect(replayEventLog(table, { measurements })).toEqual([
    { register: 0, type: 8, digest: toHex(first), name: '' },
    { register: 1, type: 0x8000_0003, digest: toHex(second), name: '' },
    { register: 0, type: 4, digest: toHex(third), name: '' },
  ]);
});

test('a changed digest, a missing event or another order is another log', async () => {
  const code = (log: Uint8Array) => codeOf(() => replayEventLog(log, { measurements }));
  const at = HEADER.length + 8 + 4 + 2 + 32 + 2;
  expect(await code(flipped(table, at))).toBe('attestation.eventLogMismatch');
  expect(await code(concatBytes(HEADER, event(1, 8, first)))).toBe('attestation.eventLogMismatch');
  expect(await code(concatBytes(HEADER, event(1, 4, third), event(1, 8, first), event(2, 1, second)))).toBe(
    'attestation.eventLogMismatch',
  );
  expect(await code(concatBytes(HEADER, event(2, 1, second), event(1, 8, first), event(1, 4, third)))).toBe('ok');
});

test('logs of another shape are refused', async () => {
  const code = (log: Uint8Array) => codeOf(() => replayEventLog(log, { measurements }));
  expect(await code(new Uint8Array(0))).toBe('attestation.truncated');
  expect(await code(utf8('[{}]'))).toBe('attestation.malformed');
  expect(await code(utf8('[1'))).toBe('attestation.malformed');
  expect(await code(concatBytes(HEADER, event(0, 8, first)))).toBe('attestation.malformed');
  expect(await code(concatBytes(HEADER, event(6, 8, first)))).toBe('attestation.malformed');
  expect(await code(flipped(table, 4))).toBe('attestation.malformed');
  expect(await code(flipped(table, 40))).toBe('attestation.malformed');
  expect(await code(new Uint8Array(1_048_577))).toBe('attestation.tooLarge');
  const many = concatBytes(HEADER, ...Array.from({ length: 4_097 }, () => event(1, 8, first, new Uint8Array(0))));
  expect(await code(many)).toBe('attestation.malformed');
  for (let length = 0; length < HEADER.length; length++)
    expect(await code(table.subarray(0, length))).toBe('attestation.truncated');
});

test('garbage ends in a typed error or in events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (garbage) => {
      expect(await codeOf(() => readEventLog(concatBytes(HEADER, garbage)))).toMatch(/^(ok|attestation\.)/);
      expect(await codeOf(() => readEventLog(garbage))).toMatch(/^(ok|attestation\.)/);
    }),
    { numRuns: 200 },
  );
});

testWithSamples('a genuine log replays into all four registers of its quote', async () => {
  const sample = intelSample('tdx-v4-eventlog');
  const file = JSON.parse(teeSampleText('tdx/fmspc-90c06f-2026/v4-uptodate-with-eventlog.json')) as {
    event_log: string;
  };
  const claims = await verifySample(sample);
  const events = replayEventLog(utf8(file.event_log), claims);
  expect(events.length).toBe(28);
  const compose = events.find(({ name }) => name === 'compose-hash');
  expect(compose).toMatchObject({
    register: 3,
    payload: '0x3763bc34552cf3a27ff71ad5f7a90471562a1a2df552dfc1998cba2d60da27e7',
  });
  const eventLog = utf8(file.event_log);
  const whole = await verifyEvidenceBody({ kind: 'tdx', body: sample.body, eventLog }, sample.context);
  expect(whole.events).toEqual(events);
  expect(whole.steps.at(-1)!.step).toBe('event-log');
  const list = JSON.parse(file.event_log) as { event_payload: string; digest: string; imr: number }[];
  const code = (changed: unknown) => codeOf(() => replayEventLog(utf8(JSON.stringify(changed)), claims));
  const forged = list.map((entry) =>
    entry.event_payload.startsWith('3763bc34552cf3a2') ? { ...entry, event_payload: '00' } : entry,
  );
  expect(await code(forged)).toBe('attestation.eventLogMismatch');
  expect(await code(list.slice(1))).toBe('attestation.eventLogMismatch');
  expect(await code([...list, list.at(-1)])).toBe('attestation.eventLogMismatch');
  expect(await code(list.map((entry) => ({ ...entry, imr: 4 })))).toBe('attestation.malformed');
  expect(fromHex(events[0]!.digest).length).toBe(48);
});
