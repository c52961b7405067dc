/** Element types that this compiler knows. */
export type DataType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool';

interface DataTypeFacts {
  /** The number that ONNX gives the type (TensorProto.DataType). */
  readonly code: number;
  /** Bytes of one element. */
  readonly bytes: number;
}

/** ONNX's number and the element size of each known type. */
export const dataTypes: Readonly<Record<DataType, DataTypeFacts>> = {
  float32: { code: 1, bytes: 4 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float64: { code: 11, bytes: 8 },
};

/** The type with ONNX's number `code`, or undefined for one that isn't known here (float16, strings, …). */
export function dataTypeOfCode(code: number): DataType | undefined {
  for (const [type, facts] of Object.entries(dataTypes)) if (facts.code === code) return type as DataType;
  return undefined;
}
