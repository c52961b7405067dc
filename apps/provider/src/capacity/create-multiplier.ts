import { createNodeEngine } from '@encryptech/learning/node';
import { writeModel, type Graph } from '@encryptech/onnx';
import { SIZE, type Multiply } from '@encryptech/protocol/capacity';
import { Tensor } from 'onnxruntime-node';

const graph: Graph = {
  name: 'benchmark',
  opset: 17,
  inputs: ['left', 'right'].map((name) => ({ name, type: 'float32', dims: [SIZE, SIZE] })),
  outputs: [{ name: 'product', type: 'float32', dims: [SIZE, SIZE] }],
  initializers: new Map(),
  nodes: [{ name: 'product', op: 'MatMul', inputs: ['left', 'right'], outputs: ['product'], attributes: new Map() }],
};

/** A product of matrices by the engine that trains, with as many threads; it has run once, so that no start is measured. */
export async function createMultiplier(threads: number): Promise<{ multiply: Multiply; close: () => Promise<void> }> {
  const session = await createNodeEngine({ threads }).open(writeModel(graph));
  const multiply: Multiply = async (left, right) => {
    const tensor = (matrix: Float32Array): Tensor => new Tensor('float32', matrix, [SIZE, SIZE]);
    const { product } = await session.run({ left: tensor(left), right: tensor(right) }, ['product']);
    return product!.data as Float32Array;
  };
  const zeros = new Float32Array(SIZE * SIZE);
  await multiply(zeros, zeros);
  return { multiply, close: () => session.close() };
}
