import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, EncryptechError, fromHex } from '@encryptech/base';
import { pipeMessages, wireMessages } from '../../test/messages.ts';
import { pipe, pipeTypes } from '../pipe/pipe-messages.ts';
import { wire, wireTypes, type WireMessage } from './wire-messages.ts';
import { errorOfWire, wireErrorOf } from './wire-error.ts';

const inOrder = { mapSorter: () => 0 };
const ping = { v: 1, type: 'ping', body: { id: 7, answer: false } };
const bytesOf = (value: unknown): Uint8Array => encode(value, inOrder);
const bad = expect.objectContaining({ code: 'protocol.badMessage' });

test('an example of every type exists', () => {
  expect(wireMessages.map((message) => message.type)).toStrictEqual(Object.keys(wireTypes));
  expect(pipeMessages.map((message) => message.type).sort()).toStrictEqual(Object.keys(pipeTypes).sort());
});

describe.each([
  ['wire', wire as typeof pipe, wireMessages as typeof pipeMessages, wireTypes],
  ['pipe', pipe, pipeMessages, pipeTypes],
] as const)('%s', (_, codec, messages, types) => {
  test.each(messages.map((message) => [message.type, message] as const))('%s goes there and back', (type, message) => {
    const bytes = codec.encode(message);
    expect(bytes.length).toBeLessThanOrEqual(types[type as keyof typeof types].maxBytes);
    expect(codec.decode(bytes)).toStrictEqual(message);
  });

  test.each(messages.map((message) => [message.type, message] as const))(
    '%s: extra and missing fields, trailing and missing bytes are refused',
    (_type, message) => {
      const bytes = codec.encode(message);
      const envelope = decode(bytes) as { v: number; type: string; body: Record<string, unknown> };
      const withBody = (body: unknown): Uint8Array => bytesOf({ v: 1, type: envelope.type, body });
      expect(() => codec.decode(withBody({ ...envelope.body, extra: 1 }))).toThrow(bad);
      for (const key of Object.keys(envelope.body)) {
        const { [key]: _gone, ...rest } = envelope.body;
        if (key === 'place' || key === 'hint') continue;
        expect(() => codec.decode(withBody(rest))).toThrow(expect.objectContaining({ code: 'protocol.badMessage' }));
      }
      for (const body of [null, [], 1, 'x', new Uint8Array(3)]) expect(() => codec.decode(withBody(body))).toThrow(bad);
      expect(() => codec.decode(concatBytes(bytes, Uint8Array.of(0)))).toThrow(bad);
      expect(() => codec.decode(bytes.subarray(0, -1))).toThrow(bad);
    },
  );

  test.each(messages.map((message) => [message.type, message] as const))(
    '%s over its cap is refused unread',
    (type, message) => {
      const cap = types[type as keyof typeof types].maxBytes;
      if (cap > 1 << 22) return; // a cap of hundreds of MiB is checked by the same line
      const envelope = decode(codec.encode(message)) as { body: Record<string, unknown> };
      const large = bytesOf({ v: 1, type, body: { ...envelope.body, extra: 'x'.repeat(cap) } });
      expect(() => codec.decode(large)).toThrow(expect.objectContaining({ code: 'protocol.tooLarge' }));
    },
  );
});

test('the provider passes challenge, evidence and release on unread: same bytes on wire and pipe', () => {
  for (const message of wireMessages.slice(0, 6)) {
    expect(pipe.decode(wire.encode(message))).toStrictEqual(message);
  }
});

test('the known bytes of a ping', () => {
  const hex = 'a3617601647479706564706 96e6764626f6479a2626964076 6616e73776572f4'.replaceAll(' ', '');
  expect(wire.encode({ type: 'ping', body: { id: 7, answer: false } })).toStrictEqual(fromHex(hex));
});

describe('strict decoding', () => {
  const refuses = (name: string, bytes: Uint8Array, code = 'protocol.badMessage'): void =>
    test(name, () => {
      expect(() => wire.decode(bytes)).toThrow(expect.objectContaining({ code }));
    });

  refuses('another version', bytesOf({ ...ping, v: 2 }), 'protocol.unknownVersion');
  refuses('a version that is no number', bytesOf({ ...ping, v: '1' }));
  refuses('an unknown type', bytesOf({ ...ping, type: 'gossip' }), 'protocol.unknownType');
  refuses('a type that every object has', bytesOf({ ...ping, type: 'constructor' }), 'protocol.unknownType');
  refuses('a type of the pipe only', bytesOf({ ...ping, type: 'start' }), 'protocol.unknownType');
  refuses('a fourth field', bytesOf({ ...ping, more: 1 }));
  refuses('a missing body', bytesOf({ v: 1, type: 'ping' }));
  refuses('another third field', bytesOf({ v: 1, type: 'ping', corps: ping.body }));
  refuses('fields in another order', bytesOf({ type: 'ping', v: 1, body: ping.body }));
  refuses('no bytes', new Uint8Array(0));
  refuses('an array', bytesOf([1, 'ping', {}]));
  refuses(
    'an indefinite map',
    fromHex('bf6176016474797065647069 6e6764626f6479a2626964076 6616e73776572f4ff'.replaceAll(' ', '')),
  );
  refuses('a duplicate key', fromHex('a36176016474797065647069 6e6764626f6479a26269640762696408'.replaceAll(' ', '')));
  refuses(
    'a number in a longer form',
    fromHex('a36176016474797065647069 6e6764626f6479a262696418076 6616e73776572f4'.replaceAll(' ', '')),
  );
  refuses('a tag', fromHex('a36176016474797065647069 6e6764626f6479c1a2626964076 6616e73776572f4'.replaceAll(' ', '')));
  refuses('NaN', bytesOf({ v: 1, type: 'progress', body: { ...wireMessages[5]!.body, epsilon: Number.NaN } }));
  refuses(
    'an infinite number',
    bytesOf({ v: 1, type: 'progress', body: { ...wireMessages[5]!.body, epsilon: Infinity } }),
  );
  refuses(
    'nesting without end',
    concatBytes(
      bytesOf({ v: 1, type: 'error', body: 0 }).slice(0, -1),
      new Uint8Array(90_000).fill(0x81),
      Uint8Array.of(0),
    ),
  );
  refuses(
    'a byte string that claims more than there is',
    fromHex('a36176016474797065647069 6e6764626f64795b00ffffffffffffff'.replaceAll(' ', '')),
  );

  test('any bytes give a typed error or a message, never anything else', () => {
    const seeds = wireMessages.map((message) => wire.encode(message));
    const mutated = fc
      .tuple(fc.nat(seeds.length - 1), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([i, changes]) => {
        const bytes = seeds[i]!.slice();
        for (const [at, value] of changes) bytes[at % Math.min(bytes.length, 400)] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        try {
          wire.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(EncryptechError);
          expect((error as EncryptechError).code).toMatch(/^protocol\./);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('encoding refuses what decoding would', () => {
  const message = { type: 'ping', body: { id: -1, answer: false } } as WireMessage;
  expect(() => wire.encode(message)).toThrow(expect.objectContaining({ code: 'protocol.badMessage', place: 'id' }));
});

describe('errors on the wire', () => {
  test('keep code, message, place, hint, data and retry', () => {
    const error = new EncryptechError({
      code: 'onnx.mixesBatch',
      message: 'It mixes rows.',
      place: 'node "BN_1"',
      hint: 'Use group norm.',
      data: { op: 'BatchNormalization', axes: [0, 2] },
      retry: 'never',
    });
    const back = errorOfWire(wireErrorOf(error));
    expect(back.toJSON()).toStrictEqual(error.toJSON());
  });

  test('say nothing of errors that are not meant for others', () => {
    const secret = new Error('open /home/anna/patients.csv: key=abc');
    expect(JSON.stringify(wireErrorOf(secret))).not.toMatch(/anna|abc/);
    expect(wireErrorOf(secret).code).toBe('internal');
    const caused = new EncryptechError({ code: 'base.badCid', message: 'No.', cause: secret });
    expect(JSON.stringify(wireErrorOf(caused))).not.toMatch(/anna|abc/);
  });

  test('are cut to their caps, so that every error can be sent', () => {
    const long = new EncryptechError({
      code: 'base.badCid',
      message: 'x'.repeat(10_000),
      data: { a: 'y'.repeat(9_999) },
    });
    const bytes = wire.encode({ type: 'error', body: wireErrorOf(long) });
    expect(bytes.length).toBeLessThan(4_096);
  });
});
