import { readFileSync } from 'node:fs';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { isEncryptechError } from '@encryptech/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphOf, node } from '../test/graphs.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';
import { writeModel } from './write-model.ts';
import { encodeMessage } from './protobuf/encode-message.ts';
import type { Message } from './protobuf/messages.ts';

const vectors = new URL('../../../vectors/pytorch/', import.meta.url);
const small = newMlp({ inputs: 2, hidden: [2], outputs: 2, activation: 'tanh', seed: new Uint8Array([1]) });

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    return error.code;
  }
};

describe('readModel', () => {
  it.each(['logistic', 'mlp-relu', 'mnist-cnn', 'regression'])(
    'reads and writes back the PyTorch export %s',
    (name) => {
      const graph = readModel(readFileSync(new URL(`${name}/model.onnx`, vectors)));
      expect(readModel(writeModel(graph))).toEqual(graph);
      expect(graph.inputs[0]!.dims[0]).toBe('batch');
      expect(graph.opset).toBe(16);
    },
  );

  it('gives back what was written, and equal bytes for equal graphs', () => {
    const shapes = fc.record({
      inputs: fc.integer({ min: 1, max: 5 }),
      hidden: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
      outputs: fc.integer({ min: 1, max: 4 }),
      activation: fc.constantFrom('relu' as const, 'tanh' as const, 'sigmoid' as const),
      seed: fc.uint8Array({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(shapes, (options) => {
        const bytes = writeModel(newMlp(options));
        expect(writeModel(readModel(bytes))).toEqual(bytes);
        expect(readModel(bytes)).toEqual(newMlp(options));
      }),
      { numRuns: 40 },
    );
  });

  it('refuses every truncation of a model with a typed error', () => {
    const bytes = writeModel(small);
    const codes = new Set<string>();
    for (let length = 0; length < bytes.length; length++)
      codes.add(codeOf(() => readModel(bytes.subarray(0, length))) ?? 'none');
    expect([...codes]).toEqual(['onnx.truncated']);
  });

  it('answers any change of one byte with a graph or a typed error', () => {
    const bytes = writeModel(small);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at]! ^= flip;
        const code = codeOf(() => readModel(changed));
        expect(code ?? 'onnx.').toMatch(/^onnx\./);
      }),
      { numRuns: 500 },
    );
  });

  it('answers random bytes with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codeOf(() => readModel(bytes))).toMatch(/^onnx\./);
      }),
      { numRuns: 500 },
    );
  });

  const tensor = (change: Partial<Message<'TensorProto'>> = {}): Message<'TensorProto'> => ({
    dims: [2n],
    dataType: 1n,
    name: 'w',
    rawData: new Uint8Array(8),
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    externalData: [],
    ...change,
  });
  const plainNode = (change: Partial<Message<'NodeProto'>> = {}): Message<'NodeProto'> => ({
    name: 'add',
    opType: 'Add',
    input: ['x', 'w'],
    output: ['y'],
    attribute: [],
    ...change,
  });
  const valueInfo = (name: string, elemType = 1n): Message<'ValueInfoProto'> => ({
    name,
    type: { tensorType: { elemType, shape: { dim: [{ dimParam: 'batch' }, { dimValue: 2n }] } } },
  });
  const model = (graph: Partial<Message<'GraphProto'>> = {}, opset = 17n): Uint8Array =>
    encodeMessage('ModelProto', {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: opset }],
      graph: {
        name: 'g',
        node: [plainNode()],
        initializer: [tensor()],
        input: [valueInfo('x')],
        output: [valueInfo('y')],
        ...graph,
      },
    });
  const attributeOf = (change: Partial<Message<'AttributeProto'>>): Message<'AttributeProto'> => ({
    name: 'a',
    floats: [],
    ints: [],
    strings: [],
    graphs: [],
    ...change,
  });

  it('reads the plain model that the refusals below change', () => {
    expect(readModel(model()).nodes[0]!.op).toBe('Add');
  });

  it('reads values from lists as from raw bytes', () => {
    const lists = [
      tensor({ floatData: [1.5, -2], rawData: undefined as never }),
      tensor({ dataType: 7n, int64Data: [3n, -4n], rawData: undefined as never, name: 'b' }),
      tensor({ dataType: 6n, int32Data: [3n, -4n], rawData: undefined as never, name: 'c' }),
      tensor({ dataType: 9n, int32Data: [1n, 0n], rawData: undefined as never, name: 'd' }),
      tensor({ dataType: 11n, doubleData: [0.1, 2], rawData: undefined as never, name: 'e' }),
    ];
    const { initializers } = readModel(model({ initializer: lists }));
    expect(initializers.get('w')!.bytes).toEqual(new Uint8Array(Float32Array.of(1.5, -2).buffer));
    expect(initializers.get('b')!.bytes).toEqual(new Uint8Array(BigInt64Array.of(3n, -4n).buffer));
    expect(initializers.get('c')!.bytes).toEqual(new Uint8Array(Int32Array.of(3, -4).buffer));
    expect(initializers.get('d')!.bytes).toEqual(new Uint8Array([1, 0]));
    expect(initializers.get('e')!.bytes).toEqual(new Uint8Array(Float64Array.of(0.1, 2).buffer));
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      'an unknown operator',
      model({ node: [plainNode({ opType: 'Frobnicate' })] }),
      'onnx.unsupportedOperator',
      /node "add" \(Frobnicate\)/,
    ],
    [
      'a custom domain',
      model({ node: [plainNode({ domain: 'com.example' })] }),
      'onnx.unsupportedOperator',
      /com\.example/,
    ],
    [
      'control flow',
      model({ node: [plainNode({ opType: 'If', attribute: [attributeOf({ type: 5n, g: new Uint8Array(3) })] })] }),
      'onnx.unsupportedOperator',
      /control flow/,
    ],
    [
      'a random operator',
      model({ node: [plainNode({ opType: 'RandomNormalLike', input: ['x'] })] }),
      'onnx.unsupportedOperator',
      /RandomNormalLike/,
    ],
    [
      'an attribute that no rule reads',
      model({ node: [plainNode({ attribute: [attributeOf({ type: 2n, i: 1n })] })] }),
      'onnx.unsupportedAttribute',
      /attribute "a"/,
    ],
    [
      'an attribute given twice',
      model({ node: [plainNode({ attribute: [attributeOf({ type: 2n, i: 1n }), attributeOf({ type: 2n, i: 1n })] })] }),
      'onnx.malformed',
      /given twice/,
    ],
    ['opset 12', model({}, 12n), 'onnx.unsupportedOpset', /opset 12/],
    ['opset 23', model({}, 23n), 'onnx.unsupportedOpset', /opset 23/],
    [
      'weights outside the file',
      model({ initializer: [tensor({ dataLocation: 1n })] }),
      'onnx.externalData',
      /"w" keeps its values outside/,
    ],
    ['half floats', model({ initializer: [tensor({ dataType: 10n })] }), 'onnx.unsupportedType', /element type 10/],
    [
      'too few values',
      model({ initializer: [tensor({ rawData: new Uint8Array(7) })] }),
      'onnx.malformed',
      /7 bytes of values; its shape needs 8/,
    ],
    ['a negative dimension', model({ initializer: [tensor({ dims: [-2n] })] }), 'onnx.malformed', /negative/],
    ['huge dimensions', model({ initializer: [tensor({ dims: [2n ** 31n, 2n ** 31n] })] }), 'onnx.tooLarge', /limit/],
    [
      'dimensions whose product overflows',
      model({ initializer: [tensor({ dims: [2n ** 32n, 2n ** 32n, 2n ** 32n] })] }),
      'onnx.tooLarge',
      /limit/,
    ],
    [
      'a dimension beyond safe integers',
      model({ initializer: [tensor({ dims: [2n ** 62n] })] }),
      'onnx.malformed',
      /out of range/,
    ],
    [
      'a rank beyond the limit',
      model({ initializer: [tensor({ dims: Array(9).fill(1n) as bigint[] })] }),
      'onnx.tooLarge',
      /dims/,
    ],
    [
      'a name made twice',
      model({ node: [plainNode(), plainNode({ name: 'again' })] }),
      'onnx.malformed',
      /"y" is made twice/,
    ],
    [
      'two initializers of one name',
      model({ initializer: [tensor(), tensor()] }),
      'onnx.malformed',
      /"w" is given twice/,
    ],
    [
      'two inputs of one name',
      model({ input: [valueInfo('x'), valueInfo('x')] }),
      'onnx.malformed',
      /"x" is given twice/,
    ],
    [
      'a cycle',
      model({
        node: [plainNode({ input: ['z', 'w'] }), plainNode({ name: 'back', input: ['y', 'w'], output: ['z'] })],
      }),
      'onnx.malformed',
      /cycle or is out of order/,
    ],
    [
      'a node that feeds itself',
      model({ node: [plainNode({ input: ['y', 'w'] })] }),
      'onnx.malformed',
      /by the node itself/,
    ],
    [
      'a missing input',
      model({ node: [plainNode({ input: ['x', 'nowhere'] })] }),
      'onnx.malformed',
      /"nowhere" is made by no node/,
    ],
    ['a missing output', model({ output: [valueInfo('nowhere')] }), 'onnx.malformed', /output "nowhere"/],
    ['no output', model({ output: [] }), 'onnx.malformed', /no output/],
    ['too few inputs', model({ node: [plainNode({ input: ['x'] })] }), 'onnx.malformed', /has 1 inputs/],
    ['too many outputs', model({ node: [plainNode({ output: ['y', 'z'] })] }), 'onnx.malformed', /has 2 outputs/],
    [
      'an input that is no tensor of a known type',
      model({ input: [valueInfo('x', 8n)] }),
      'onnx.unsupportedType',
      /"x"/,
    ],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => readModel(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('refuses what was cut off inside a length, whatever the length says', () => {
    const writer = new BinaryWriter().tag(7, WireType.LengthDelimited).uint32(0xffff_fff0);
    expect(codeOf(() => readModel(writer.finish()))).toBe('onnx.truncated');
  });

  it('refuses model-local functions, training information and sparse weights', () => {
    const field = (number: number) =>
      new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(new Uint8Array(2)).finish();
    const with25 = Uint8Array.of(...model(), ...field(25));
    const with20 = Uint8Array.of(...model(), ...field(20));
    expect(() => readModel(with25)).toThrow(
      expect.objectContaining({ code: 'onnx.unsupportedOperator', message: expect.stringContaining('functions') }),
    );
    expect(() => readModel(with20)).toThrow(expect.objectContaining({ code: 'onnx.unsupportedOperator' }));
  });

  it('refuses protobuf groups at any depth', () => {
    const writer = new BinaryWriter();
    for (let i = 0; i < 10_000; i++) writer.tag(99, WireType.StartGroup);
    expect(codeOf(() => readModel(writer.finish()))).toBe('onnx.malformed');
  });

  it.each([
    ['modelBytes', { modelBytes: 100 }],
    ['nodes', { nodes: 2 }],
    ['initializers', { initializers: 3 }],
    ['tensorBytes', { tensorBytes: 8 }],
    ['nameLength', { nameLength: 4 }],
  ])('keeps the limit on %s', (_, limits) => {
    expect(codeOf(() => readModel(writeModel(small), limits))).toBe('onnx.tooLarge');
  });

  it('makes parameters that an exporter stored once into parameters of their own', () => {
    const graph = graphOf({
      input: [2],
      initializers: { a: [2] },
      nodes: [node('Identity', ['a'], 'b'), node('Mul', ['x', 'a'], 'h'), node('Mul', ['h', 'b'], 'y')],
    });
    const read = readModel(writeModel(graph));
    expect([...read.initializers.keys()]).toEqual(['a', 'b']);
    expect(read.nodes.map(({ op }) => op)).toEqual(['Mul', 'Mul']);
  });
});
