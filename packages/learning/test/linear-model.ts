import { floatTensor, type Attribute, type Graph } from '@encryptech/onnx';

/** The graph x ↦ x·Wᵀ + b with these weights (`outputs` rows of `inputs`), as PyTorch exports a linear layer. */
export function linearModel(weights: readonly (readonly number[])[], bias: readonly number[]): Graph {
  const inputs = weights[0]!.length;
  return {
    name: 'linear',
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: ['batch', inputs] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['batch', weights.length] }],
    initializers: new Map([
      ['weight', floatTensor([weights.length, inputs], weights.flat())],
      ['bias', floatTensor([weights.length], bias)],
    ]),
    nodes: [
      {
        name: 'layer',
        op: 'Gemm',
        inputs: ['x', 'weight', 'bias'],
        outputs: ['y'],
        attributes: new Map<string, Attribute>([['transB', { kind: 'int', value: 1 }]]),
      },
    ],
  };
}
