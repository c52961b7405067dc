/**
 * The part of ONNX's onnx.proto that models are made of, as one table: field numbers, names, kinds.
 *
 * A field that isn't listed is skipped when read (documentation, metadata) unless {@link forbiddenFields} names it.
 */
export const messages = {
  ModelProto: {
    irVersion: [1, 'int'],
    producerName: [2, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, 'OperatorSetIdProto', 'repeated'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int'] },
  GraphProto: {
    node: [1, 'NodeProto', 'repeated'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto', 'repeated'],
    input: [11, 'ValueInfoProto', 'repeated'],
    output: [12, 'ValueInfoProto', 'repeated'],
  },
  NodeProto: {
    input: [1, 'string', 'repeated'],
    output: [2, 'string', 'repeated'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto', 'repeated'],
    domain: [7, 'string'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto'],
    g: [6, 'bytes'],
    floats: [7, 'float', 'repeated'],
    ints: [8, 'int', 'repeated'],
    strings: [9, 'bytes', 'repeated'],
    graphs: [11, 'bytes', 'repeated'],
    type: [20, 'int'],
    refAttrName: [21, 'string'],
  },
  TensorProto: {
    dims: [1, 'int', 'repeated'],
    dataType: [2, 'int'],
    floatData: [4, 'float', 'repeated'],
    int32Data: [5, 'int', 'repeated'],
    int64Data: [7, 'int', 'repeated'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double', 'repeated'],
    externalData: [13, 'bytes', 'repeated'],
    dataLocation: [14, 'int'],
  },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensorType: [1, 'TensorTypeProto'] },
  TensorTypeProto: { elemType: [1, 'int'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'DimensionProto', 'repeated'] },
  DimensionProto: { dimValue: [1, 'int'], dimParam: [2, 'string'] },
} as const;

/** Fields that would change what a model means if they were skipped. */
export const forbiddenFields: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ModelProto: { 20: 'training information', 25: 'model-local functions' },
  GraphProto: { 15: 'sparse initializers' },
  AttributeProto: {
    10: 'tensor lists',
    14: 'type attributes',
    15: 'type attributes',
    22: 'sparse tensors',
    23: 'sparse tensors',
  },
  TensorProto: { 3: 'segmented tensors', 6: 'string tensors' },
};

export type MessageName = keyof typeof messages;

interface Scalars {
  /** int32, int64, enum: a bigint, as the wire has 64 bits. */
  int: bigint;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
}

type FieldValue<Kind> = Kind extends keyof Scalars ? Scalars[Kind] : Kind extends MessageName ? Message<Kind> : never;

/** A decoded message: repeated fields are always there, others only when the wire had them. */
export type Message<Name extends MessageName> = {
  -readonly [
    Key in keyof (typeof messages)[Name] as (typeof messages)[Name][Key] extends readonly [number, string, 'repeated']
      ? Key
      : never
  ]: FieldValue<(typeof messages)[Name][Key] extends readonly [number, infer Kind, 'repeated'] ? Kind : never>[];
} & {
  -readonly [
    Key in keyof (typeof messages)[Name] as (typeof messages)[Name][Key] extends readonly [number, string, 'repeated']
      ? never
      : Key
  ]?: FieldValue<(typeof messages)[Name][Key] extends readonly [number, infer Kind] ? Kind : never>;
};
