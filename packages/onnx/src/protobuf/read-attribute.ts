import type { Attribute } from '../graph/graph.ts';
import { onnxError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Message } from './messages.ts';
import { readTensor } from './read-tensor.ts';
import { safeInteger } from './safe-integer.ts';

/** AttributeProto.AttributeType of the kinds that have a value here. */
const kinds: readonly (Attribute['kind'] | undefined)[] = [
  undefined, 'float', 'int', 'string', 'tensor', undefined, 'floats', 'ints', 'strings',
]; // prettier-ignore

/**
 * The value of an AttributeProto; `place` names the node.
 *
 * @throws `onnx.unsupportedOperator` for sub-graphs (control flow), `onnx.malformed` for attributes without a known type
 */
export function readAttribute(message: Message<'AttributeProto'>, place: string, limits: Limits): Attribute {
  const name = message.name ?? '';
  const what = `attribute "${name}" of ${place}`;
  if (message.g !== undefined || message.graphs.length > 0) {
    throw onnxError({
      code: 'onnx.unsupportedOperator',
      message: `${place} holds a sub-graph in attribute "${name}": control flow is not supported.`,
      place,
      hint: 'Export the model without loops and branches',
      data: { reason: 'control flow' },
    });
  }
  const kind = kindOf(message);
  const text = (bytes: Uint8Array) => {
    if (bytes.length > limits.nameLength) {
      throw onnxError({ code: 'onnx.tooLarge', message: `${what} is longer than ${limits.nameLength} bytes.`, place });
    }
    return new TextDecoder().decode(bytes);
  };
  switch (kind) {
    case 'float':
      return { kind, value: message.f ?? 0 };
    case 'int':
      return { kind, value: integer(message.i ?? 0n, what) };
    case 'string':
      return { kind, value: text(message.s ?? new Uint8Array()) };
    case 'tensor':
      if (message.t === undefined) break;
      return { kind, value: readTensor(message.t, what, limits) };
    case 'floats':
      return { kind, value: message.floats };
    case 'ints':
      return { kind, value: message.ints.map((value) => integer(value, what)) };
    case 'strings':
      return { kind, value: message.strings.map(text) };
    case undefined:
      break;
  }
  throw onnxError({ code: 'onnx.malformed', message: `${what} has no value of a known type.`, place });
}

/** The declared type; files of ONNX IR version 1 left it out, then the field that is set decides. */
function kindOf(message: Message<'AttributeProto'>): Attribute['kind'] | undefined {
  if (message.type !== undefined && message.type !== 0n) return kinds[Number(message.type)];
  if (message.f !== undefined) return 'float';
  if (message.i !== undefined) return 'int';
  if (message.s !== undefined) return 'string';
  if (message.t !== undefined) return 'tensor';
  if (message.floats.length > 0) return 'floats';
  return message.ints.length > 0 ? 'ints' : undefined;
}

/** The largest number below 2^63 that is a double: as good an "until the end" as 2^63 − 1, which exporters write. */
const FAR = 2 ** 63 - 1024;

const integer = (value: bigint, what: string): number =>
  value === 2n ** 63n - 1n
    ? FAR
    : value === -(2n ** 63n) || value === BigInt(FAR)
      ? Number(value)
      : safeInteger(value, what);
