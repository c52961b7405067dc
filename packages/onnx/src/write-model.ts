import { dataTypes } from './graph/data-type.ts';
import type { Attribute, Graph, Node, ValueInfo } from './graph/graph.ts';
import type { Tensor } from './graph/tensor.ts';
import { encodeMessage } from './protobuf/encode-message.ts';
import type { Message } from './protobuf/messages.ts';

/**
 * The graph as an ONNX file. Equal graphs give equal bytes.
 *
 * `readModel(writeModel(graph))` equals `graph`.
 */
export function writeModel(graph: Graph): Uint8Array {
  return encodeMessage('ModelProto', {
    irVersion: irVersionOf(graph.opset),
    producerName: 'encryptech',
    graph: {
      node: graph.nodes.map(writeNode),
      name: graph.name,
      initializer: [...graph.initializers].map(([name, tensor]) => writeTensor(tensor, name)),
      input: graph.inputs.map(writeValueInfo),
      output: graph.outputs.map(writeValueInfo),
    },
    opsetImport: [{ domain: '', version: BigInt(graph.opset) }],
  });
}

/** The IR version that came with the opset (ONNX, Versioning.md). */
const irVersionOf = (opset: number): bigint => (opset > 20 ? 10n : opset > 18 ? 9n : opset > 14 ? 8n : 7n);

function writeNode(node: Node): Message<'NodeProto'> {
  return {
    input: [...node.inputs],
    output: [...node.outputs],
    name: node.name,
    opType: node.op,
    attribute: [...node.attributes].map(([name, value]) => writeAttribute(name, value)),
  };
}

function writeAttribute(name: string, attribute: Attribute): Message<'AttributeProto'> {
  const bare = { name, floats: [], ints: [], strings: [], graphs: [] };
  const utf8 = (text: string) => new TextEncoder().encode(text);
  switch (attribute.kind) {
    case 'float':
      return { ...bare, f: attribute.value, type: 1n };
    case 'int':
      return { ...bare, i: BigInt(attribute.value), type: 2n };
    case 'string':
      return { ...bare, s: utf8(attribute.value), type: 3n };
    case 'tensor':
      return { ...bare, t: writeTensor(attribute.value), type: 4n };
    case 'floats':
      return { ...bare, floats: [...attribute.value], type: 6n };
    case 'ints':
      return { ...bare, ints: attribute.value.map(BigInt), type: 7n };
    case 'strings':
      return { ...bare, strings: attribute.value.map(utf8), type: 8n };
  }
}

function writeTensor(tensor: Tensor, name?: string): Message<'TensorProto'> {
  return {
    dims: tensor.dims.map(BigInt),
    dataType: BigInt(dataTypes[tensor.type].code),
    ...(name === undefined ? {} : { name }),
    rawData: tensor.bytes,
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    externalData: [],
  };
}

function writeValueInfo(value: ValueInfo): Message<'ValueInfoProto'> {
  return {
    name: value.name,
    type: {
      tensorType: {
        elemType: BigInt(dataTypes[value.type].code),
        shape: {
          dim: value.dims.map((dim) => (typeof dim === 'number' ? { dimValue: BigInt(dim) } : { dimParam: dim })),
        },
      },
    },
  };
}
