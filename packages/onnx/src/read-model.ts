import { onnxError } from './errors.ts';
import { checkGraph } from './graph/check-graph.ts';
import { dataTypeOfCode } from './graph/data-type.ts';
import type { Attribute, Dimension, Graph, Node, ValueInfo } from './graph/graph.ts';
import { nodeError } from './graph/node-error.ts';
import { placeOf } from './graph/place-of.ts';
import { splitCopies } from './graph/split-copies.ts';
import type { Tensor } from './graph/tensor.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { checkNode } from './operators/check-node.ts';
import { decodeMessage } from './protobuf/decode-message.ts';
import type { Message } from './protobuf/messages.ts';
import { readAttribute } from './protobuf/read-attribute.ts';
import { readTensor } from './protobuf/read-tensor.ts';
import { safeInteger } from './protobuf/safe-integer.ts';

/** The opsets of the default domain that are read. */
export const supportedOpsets = { first: 13, last: 22 } as const;

/**
 * The graph of an ONNX file. Every node is of an operator in the table, with attributes that its entry knows.
 *
 * Nothing on the wire is trusted: lengths are checked against the bytes that are there, counts and sizes against `limits`.
 * Follows onnx.proto (IR version 3–11).
 *
 * @throws `onnx.truncated`, `onnx.malformed`, `onnx.tooLarge`, `onnx.unsupportedOperator`, `onnx.unsupportedOpset`,
 * `onnx.unsupportedAttribute`, `onnx.unsupportedType`, `onnx.externalData`; where one node is at fault it is named
 */
export function readModel(bytes: Uint8Array, limits: Partial<Limits> = {}): Graph {
  const caps = { ...defaultLimits, ...limits };
  if (bytes.length > caps.modelBytes) {
    throw onnxError({
      code: 'onnx.tooLarge',
      message: `The model has ${bytes.length} bytes; the limit is ${caps.modelBytes}.`,
      data: { limit: caps.modelBytes },
    });
  }
  // A Node Buffer shares memory where an Uint8Array copies; below, it is one of the latter.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = decodeMessage('ModelProto', plain, caps);
  if (model.graph === undefined || model.opsetImport.length === 0) {
    const lost = model.graph === undefined ? 'graph' : 'opset';
    throw onnxError({ code: 'onnx.truncated', message: `The model has no ${lost}.`, hint: 'The file may be cut off' });
  }
  const opset = readOpset(model);
  const initializers = new Map<string, Tensor>();
  for (const message of model.graph.initializer) {
    const name = message.name ?? '';
    if (initializers.has(name))
      throw onnxError({ code: 'onnx.malformed', message: `The name "${name}" is given twice.` });
    initializers.set(name, readTensor(message, `initializer "${name}"`, caps));
  }
  const graph: Graph = {
    name: model.graph.name ?? '',
    opset,
    nodes: model.graph.node.map((message) => readNode(message, caps)),
    initializers,
    // Before IR version 4 every initializer was listed as an input too.
    inputs: model.graph.input.filter((input) => !initializers.has(input.name ?? '')).map(readValueInfo),
    outputs: model.graph.output.map(readValueInfo),
  };
  checkGraph(graph);
  for (const node of graph.nodes) checkNode(node, opset);
  return splitCopies(graph);
}

function readOpset(model: Message<'ModelProto'>): number {
  const standard = model.opsetImport.find((entry) => (entry.domain ?? '') === '' || entry.domain === 'ai.onnx');
  if (standard === undefined) {
    throw onnxError({ code: 'onnx.unsupportedOpset', message: 'The model names no opset of the standard domain.' });
  }
  const opset = safeInteger(standard.version ?? 0n, 'the opset');
  if (opset < supportedOpsets.first || opset > supportedOpsets.last) {
    throw onnxError({
      code: 'onnx.unsupportedOpset',
      message: `The model uses opset ${opset}; ${supportedOpsets.first} to ${supportedOpsets.last} are supported.`,
      hint: 'Export with opset_version=17',
      data: { opset },
    });
  }
  return opset;
}

function readNode(message: Message<'NodeProto'>, limits: Limits): Node {
  const attributes = new Map<string, Attribute>();
  const bare: Node = {
    name: message.name ?? '',
    op: message.opType ?? '',
    inputs: message.input,
    outputs: message.output,
    attributes,
  };
  const domain = message.domain ?? '';
  if (domain !== '' && domain !== 'ai.onnx') {
    throw nodeError(bare, 'onnx.unsupportedOperator', `operators of the domain "${domain}" are not supported`);
  }
  for (const entry of message.attribute) {
    const name = entry.name ?? '';
    if (attributes.has(name)) throw nodeError(bare, 'onnx.malformed', `attribute "${name}" is given twice`);
    attributes.set(name, readAttribute(entry, placeOf(bare), limits));
  }
  return bare;
}

function readValueInfo(message: Message<'ValueInfoProto'>): ValueInfo {
  const name = message.name ?? '';
  const tensor = message.type?.tensorType;
  const type = dataTypeOfCode(Number(tensor?.elemType ?? 0n));
  if (tensor === undefined || type === undefined) {
    throw onnxError({
      code: 'onnx.unsupportedType',
      message: `"${name}" is not a tensor of float32, float64, int32, int64 or bool.`,
      place: `value "${name}"`,
    });
  }
  const dims = (tensor.shape?.dim ?? []).map((dim): Dimension => {
    if (dim.dimValue === undefined) return dim.dimParam ?? '';
    const size = safeInteger(dim.dimValue, `the shape of "${name}"`);
    if (size < 0) throw onnxError({ code: 'onnx.malformed', message: `"${name}" has a negative dimension.` });
    return size;
  });
  return { name, type, dims };
}
