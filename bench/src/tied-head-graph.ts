import { floatTensor, type Attribute, type Graph, type Node } from '@encryptech/onnx';

const [TOKENS, WIDTH, LENGTH] = [20_000, 64, 12];

/** A language model of one layer, 20,000 tokens × 64 numbers: the table that tokens are looked up in is the output head, too. */
export function tiedHeadGraph(): Graph {
  let state = 1;
  const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1) / Math.sqrt(WIDTH);
  const weight = (dims: readonly number[]) =>
    floatTensor(dims, Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, random));
  const node = (op: string, inputs: string[], output: string, attributes: Record<string, Attribute> = {}): Node => ({
    ...{ name: op, op, inputs, outputs: [output] },
    attributes: new Map(Object.entries(attributes)),
  });
  return {
    ...{ name: 'tied head', opset: 17 },
    nodes: [
      node('Gather', ['table', 'input'], 'rows'),
      node('MatMul', ['rows', 'mix'], 'mixed'),
      node('Tanh', ['mixed'], 'bent'),
      node('ReduceMean', ['bent'], 'mean', {
        axes: { kind: 'ints', value: [1] },
        keepdims: { kind: 'int', value: 0 },
      }),
      node('Gemm', ['mean', 'table'], 'scores', { transB: { kind: 'int', value: 1 } }),
    ],
    initializers: new Map([
      ['table', weight([TOKENS, WIDTH])],
      ['mix', weight([WIDTH, WIDTH])],
    ]),
    inputs: [{ name: 'input', type: 'int64', dims: ['batch', LENGTH] }],
    outputs: [{ name: 'scores', type: 'float32', dims: ['batch', TOKENS] }],
  };
}
