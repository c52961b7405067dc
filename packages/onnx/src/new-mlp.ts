import { onnxError } from './errors.ts';
import type { Attribute, Graph, Node } from './graph/graph.ts';
import type { Tensor } from './graph/tensor.ts';
import { uniformTensor } from './uniform-tensor.ts';

/** The size and start of a multi-layer perceptron. */
export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the hidden layers; none gives a linear model. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: 'relu' | 'tanh' | 'sigmoid';
  /** Any bytes; equal seeds give equal weights. The first weights are public, this need not be secret. */
  readonly seed: Uint8Array;
}

const LARGEST_WIDTH = 1_000_000;

/**
 * A perceptron as PyTorch exports `nn.Sequential(Linear, activation, Linear, …)`: Gemm with transposed weights
 * `0.weight`, `0.bias`, `2.weight`, …, opset 17, input `input` and output `output` with the dynamic batch axis `batch`.
 *
 * Weights and biases are uniform in ±1/√(inputs of the layer), PyTorch's default for linear layers.
 *
 * @throws `onnx.badRequest` for widths that aren't positive integers
 */
export function newMlp({ inputs, hidden, outputs, activation, seed }: MlpOptions): Graph {
  const widths = [inputs, ...hidden, outputs];
  const bad = widths.find((width) => !Number.isSafeInteger(width) || width < 1 || width > LARGEST_WIDTH);
  if (bad !== undefined) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `A layer's width must be from 1 to ${LARGEST_WIDTH}, not ${bad}.`,
    });
  }
  const initializers = new Map<string, Tensor>();
  const nodes: Node[] = [];
  let value = 'input';
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [from, to] = [widths[layer]!, widths[layer + 1]!];
    const index = 2 * layer;
    const [weight, bias] = [`${index}.weight`, `${index}.bias`];
    initializers.set(weight, uniformTensor(seed, weight, [to, from], 1 / Math.sqrt(from)));
    initializers.set(bias, uniformTensor(seed, bias, [to], 1 / Math.sqrt(from)));
    const last = layer + 2 === widths.length;
    const product = last ? 'output' : `/${index}/Gemm_output_0`;
    nodes.push({
      name: `/${index}/Gemm`,
      op: 'Gemm',
      inputs: [value, weight, bias],
      outputs: [product],
      attributes: dense,
    });
    value = product;
    if (last) continue;
    const op = operators[activation];
    value = `/${index + 1}/${op}_output_0`;
    nodes.push({ name: `/${index + 1}/${op}`, op, inputs: [product], outputs: [value], attributes: new Map() });
  }
  return {
    name: 'mlp',
    opset: 17,
    nodes,
    initializers,
    inputs: [{ name: 'input', type: 'float32', dims: ['batch', inputs] }],
    outputs: [{ name: 'output', type: 'float32', dims: ['batch', outputs] }],
  };
}

const operators = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid' } as const;

const dense: ReadonlyMap<string, Attribute> = new Map([
  ['alpha', { kind: 'float', value: 1 }],
  ['beta', { kind: 'float', value: 1 }],
  ['transB', { kind: 'int', value: 1 }],
]);
