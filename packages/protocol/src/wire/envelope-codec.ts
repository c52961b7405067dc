import { decode as decodeCbor, encode as encodeCbor, Tokenizer } from 'cborg';
import type { z } from 'zod';
import { parseDocument } from '../documents/parse-document.ts';
import { protocolError } from '../errors.ts';

/** The version of the envelope and of every body in it. */
export const WIRE_VERSION = 1;

/** One type of message: its cap in encoded bytes, and the schema of its body. */
export interface MessageType {
  readonly maxBytes: number;
  readonly schema: z.ZodType;
}

export type MessageOf<Types extends Record<string, MessageType>> = {
  [Type in keyof Types & string]: { type: Type; body: z.output<Types[Type]['schema']> };
}[keyof Types & string];

export interface EnvelopeCodec<Message> {
  /** The most that any message takes. */
  readonly maxBytes: number;
  encode(message: Message): Uint8Array;
  decode(bytes: Uint8Array): Message;
}

const decodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/**
 * A codec of CBOR envelopes `{ v, type, body }`, written in that order so that the cap of the type holds before the
 * body is parsed. Decoding is strict: another version, an unknown type, an extra or missing field, a duplicate key, an
 * indefinite length, a number in a longer form than needed, and trailing bytes are refused. Both directions validate.
 *
 * Errors: `protocol.tooLarge`, `protocol.unknownVersion`, `protocol.unknownType`, `protocol.badMessage`.
 */
export function envelopeCodec<const Types extends Record<string, MessageType>>(
  types: Types,
): EnvelopeCodec<MessageOf<Types>> {
  const maxBytes = Math.max(...Object.values(types).map((type) => type.maxBytes));

  const typeOf = (name: string): MessageType => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type !== undefined) return type;
    throw protocolError({
      code: 'protocol.unknownType',
      message: `Messages of type "${name.slice(0, 40)}" are not spoken here.`,
      data: { known: Object.keys(types) },
    });
  };
  const checkSize = (name: string, size: number, cap: number): void => {
    if (size <= cap) return;
    throw protocolError({
      code: 'protocol.tooLarge',
      message: `A message (${name}) of ${size} bytes is over ${cap}.`,
      data: { type: name, size, cap },
    });
  };

  return {
    maxBytes,
    encode(message) {
      const { maxBytes: cap, schema } = typeOf(message.type);
      const body = withoutBigints(message.body);
      parseDocument(schema, message.type, body, 'protocol.badMessage');
      const bytes = encodeCbor(
        { v: WIRE_VERSION, type: message.type, body },
        { mapSorter: () => 0, ignoreUndefinedProperties: true },
      );
      checkSize(message.type, bytes.length, cap);
      return bytes;
    },
    decode(bytes) {
      checkSize('any', bytes.length, maxBytes);
      const type = readHead(bytes);
      const { maxBytes: cap, schema } = typeOf(type);
      checkSize(type, bytes.length, cap);
      const envelope = parseCbor(() => decodeCbor(bytes, decodeOptions) as Record<string, unknown>);
      if (!Object.hasOwn(envelope, 'body')) throw malformed('its third field is not "body"');
      const body = parseDocument(schema, type, envelope['body'], 'protocol.badMessage');
      return { type, body } as MessageOf<Types>;
    },
  };
}

/** The type in the first bytes of an envelope of this version; the body is not looked at. */
function readHead(bytes: Uint8Array): string {
  const tokens = new Tokenizer(bytes, decodeOptions);
  const next = (): { kind: string; value: unknown } => {
    if (tokens.done()) throw malformed('it is cut short');
    const { type, value } = parseCbor(() => tokens.next());
    return { kind: type.name, value };
  };
  const map = next();
  if (map.kind !== 'map' || map.value !== 3) throw malformed('it is not a map of v, type and body');
  if (next().value !== 'v') throw malformed('its first field is not "v"');
  const version = next();
  if (version.kind !== 'uint') throw malformed('its version is not a number');
  if (version.value !== WIRE_VERSION) {
    throw protocolError({
      code: 'protocol.unknownVersion',
      message: `A message of version ${String(version.value)}; this end speaks ${WIRE_VERSION}.`,
      hint: 'Update the older side.',
    });
  }
  if (next().value !== 'type') throw malformed('its second field is not "type"');
  const type = next();
  if (type.kind !== 'string') throw malformed('its type is not a text');
  return String(type.value);
}

const malformed = (why: string, cause?: unknown) =>
  protocolError({ code: 'protocol.badMessage', message: `A message is malformed: ${why}.`, cause });

function parseCbor<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    // Also a RangeError of the stack: nesting without end.
    throw malformed('it is not strict CBOR', cause);
  }
}

/** The same value with bigints as decimal strings, the form that schemas of signed structs read. */
function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigints(item)]));
}
