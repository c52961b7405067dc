import { dataTypeOfCode, dataTypes, type DataType } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import type { Tensor } from '../graph/tensor.ts';
import { onnxError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Message } from './messages.ts';
import { safeInteger } from './safe-integer.ts';

/**
 * The tensor of a TensorProto, from raw bytes or from its list of values.
 *
 * @throws `onnx.externalData`, `onnx.unsupportedType`, `onnx.malformed` (value count), `onnx.tooLarge`
 */
export function readTensor(message: Message<'TensorProto'>, what: string, limits: Limits): Tensor {
  const place = what;
  if (message.externalData.length > 0 || (message.dataLocation ?? 0n) !== 0n) {
    throw onnxError({
      code: 'onnx.externalData',
      message: `${what} keeps its values outside the file.`,
      place,
      hint: 'Save the model with its weights inside the file',
    });
  }
  const code = safeInteger(message.dataType ?? 0n, what);
  const type = dataTypeOfCode(code);
  if (type === undefined) {
    throw onnxError({
      code: 'onnx.unsupportedType',
      message: `${what} has element type ${code}; float32, float64, int32, int64 and bool are supported.`,
      place,
      hint: 'Export the model in float32',
    });
  }
  const dims = message.dims.map((dim) => safeInteger(dim, what));
  if (dims.some((dim) => dim < 0))
    throw onnxError({ code: 'onnx.malformed', message: `${what} has a negative dimension.`, place });
  const size = elementCount(dims) * dataTypes[type].bytes;
  if (!(size <= limits.tensorBytes)) {
    throw onnxError({
      code: 'onnx.tooLarge',
      message: `${what} would take ${size} bytes; the limit is ${limits.tensorBytes}.`,
      place,
      data: { limit: limits.tensorBytes },
    });
  }
  const bytes = message.rawData?.slice() ?? listBytes(message, type);
  if (bytes.length !== size) {
    throw onnxError({
      code: 'onnx.malformed',
      message: `${what} has ${bytes.length} bytes of values; its shape needs ${size}.`,
      place,
    });
  }
  return { type, dims, bytes };
}

function listBytes(message: Message<'TensorProto'>, type: DataType): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(message.floatData).buffer);
    case 'float64':
      return new Uint8Array(Float64Array.from(message.doubleData).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(message.int32Data, Number).buffer);
    case 'bool':
      return Uint8Array.from(message.int32Data, (value) => (value === 0n ? 0 : 1));
    case 'int64':
      return new Uint8Array(BigInt64Array.from(message.int64Data).buffer);
  }
}
