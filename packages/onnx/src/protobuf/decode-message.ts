import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { isEncryptechError } from '@encryptech/base';
import { onnxError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { forbiddenFields, messages, type Message, type MessageName } from './messages.ts';

/** Wire type of each scalar kind; messages, strings and bytes are length-delimited. */
const wireTypes: Readonly<Record<string, WireType>> = {
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
};

/**
 * The message in `bytes`. Byte fields are views into `bytes`, so that no length on the wire makes us take memory.
 *
 * Messages nest only as deep as the table (nine levels), groups and sub-graphs are not followed.
 *
 * @throws `onnx.truncated`, `onnx.malformed`, `onnx.tooLarge`, `onnx.unsupportedOperator` (model-local functions)
 */
export function decodeMessage<Name extends MessageName>(name: Name, bytes: Uint8Array, limits: Limits): Message<Name> {
  try {
    return decode(name, bytes, limits) as Message<Name>;
  } catch (cause) {
    if (isEncryptechError(cause)) throw cause;
    // The wire reader's own errors: running past the end is a RangeError, all else is a bad tag, varint or UTF-8.
    const truncated = cause instanceof RangeError;
    throw onnxError({
      code: truncated ? 'onnx.truncated' : 'onnx.malformed',
      message: truncated ? `The model ends inside a ${name}.` : `The bytes are not an ONNX model: bad ${name}.`,
      hint: 'Export the model again, or copy the file again',
      cause,
    });
  }
}

function decode(name: MessageName, bytes: Uint8Array, limits: Limits): Record<string, unknown> {
  const table = fieldsOf(name);
  const out: Record<string, unknown> = {};
  for (const { key, repeated } of table.values()) if (repeated) out[key] = [];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const forbidden = forbiddenFields[name]?.[number];
    if (forbidden !== undefined) {
      throw onnxError({
        code: name === 'ModelProto' ? 'onnx.unsupportedOperator' : 'onnx.malformed',
        message: `The model uses ${forbidden}, which are not supported.`,
        hint: 'Export the model as one plain graph',
      });
    }
    const field = table.get(number);
    if (field === undefined) {
      if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw malformed(name, 'a protobuf group');
      reader.skip(wire, number);
      continue;
    }
    const scalarWire = wireTypes[field.kind] ?? WireType.LengthDelimited;
    if (field.repeated) {
      const list = out[field.key] as unknown[];
      const cap = capOf(name, field.key, limits);
      // A packed list can't grow beyond the bytes that are really there.
      const packed = wire === WireType.LengthDelimited && scalarWire !== wire;
      const source = packed ? new BinaryReader(reader.bytes()) : reader;
      if (!packed && wire !== scalarWire) throw malformed(name, `wire type ${wire} for field "${field.key}"`);
      do {
        if (packed && source.pos >= source.len) break;
        if (list.length >= cap) throw tooLarge(`${name}.${field.key}`, cap);
        list.push(readValue(field.kind, source, limits));
      } while (packed);
    } else {
      if (wire !== scalarWire) throw malformed(name, `wire type ${wire} for field "${field.key}"`);
      out[field.key] = readValue(field.kind, reader, limits);
    }
  }
  return out;
}

function readValue(kind: string, reader: BinaryReader, limits: Limits): unknown {
  switch (kind) {
    case 'int':
      return BigInt(reader.int64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'bytes':
      return reader.bytes();
    case 'string': {
      const bytes = reader.bytes();
      if (bytes.length > limits.nameLength) throw tooLarge('the length of a name', limits.nameLength);
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    }
    default:
      return decodeMessage(kind as MessageName, reader.bytes(), limits);
  }
}

function capOf(name: MessageName, key: string, limits: Limits): number {
  if (name === 'GraphProto') return key === 'initializer' ? limits.initializers : limits.nodes;
  if (name === 'TensorProto') return key === 'dims' ? limits.rank : limits.tensorBytes / 8;
  return limits.listLength;
}

interface Field {
  readonly key: string;
  readonly kind: string;
  readonly repeated: boolean;
}

const tables = new Map<MessageName, Map<number, Field>>();

function fieldsOf(name: MessageName): Map<number, Field> {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = new Map<number, Field>();
  for (const [key, entry] of Object.entries(messages[name]) as [string, readonly [number, string, 'repeated'?]][]) {
    table.set(entry[0], { key, kind: entry[1], repeated: entry[2] !== undefined });
  }
  tables.set(name, table);
  return table;
}

const malformed = (name: string, what: string) =>
  onnxError({ code: 'onnx.malformed', message: `The bytes are not an ONNX model: ${what} in a ${name}.` });

const tooLarge = (what: string, cap: number) =>
  onnxError({
    code: 'onnx.tooLarge',
    message: `The model passes the limit of ${cap} for ${what}.`,
    data: { limit: cap },
  });
