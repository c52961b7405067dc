import { floatTensor, intTensor, type Attribute, type Graph, type Node, type Tensor } from '@encryptech/onnx';

const [TOKENS, LENGTH, HEADS, CLASSES, BLOCKS] = [50, 12, 2, 3, 2];

/** A transformer of two blocks on twelve tokens, of any width: the shape of the one in `vectors/pytorch`, made larger. */
export function transformerGraph(width: number): Graph {
  const initializers = new Map<string, Tensor>();
  const nodes: Node[] = [];
  let state = 1;
  const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1) / Math.sqrt(width);
  const weight = (name: string, dims: readonly number[], value: () => number = random): string => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    initializers.set(name, floatTensor(dims, Float32Array.from({ length: size }, value)));
    return name;
  };
  const shape = (...dims: number[]): string => {
    const name = `shape ${dims.join(' ')}`;
    initializers.set(name, intTensor([dims.length], dims));
    return name;
  };
  const emit = (op: string, inputs: string[], attributes: Record<string, number | number[]> = {}, outputs = 1) => {
    const names = Array.from({ length: outputs }, (_, i) => `${nodes.length}.${i}`);
    const list = Object.entries(attributes).map(([name, value]): [string, Attribute] =>
      typeof value === 'number' ? [name, { kind: 'int', value }] : [name, { kind: 'ints', value }],
    );
    nodes.push({ name: `${op} ${nodes.length}`, op, inputs, outputs: names, attributes: new Map(list) });
    return names as [string, ...string[]];
  };
  const dense = (x: string, name: string, from: number, to: number): string => {
    const [product] = emit('MatMul', [x, weight(`${name}.weight`, [from, to])]);
    return emit('Add', [product, weight(`${name}.bias`, [to])])[0];
  };
  const normalized = (x: string, name: string): string => {
    const parts = [weight(`${name}.weight`, [width], () => 1), weight(`${name}.bias`, [width], () => 0)];
    return emit('LayerNormalization', [x, ...parts], { axis: -1 })[0];
  };
  const heads = (x: string, perm: number[]): string => {
    const [split] = emit('Reshape', [x, shape(0, LENGTH, HEADS, width / HEADS)]);
    return emit('Transpose', [split], { perm })[0];
  };

  initializers.set('scale', floatTensor([], [Math.sqrt(HEADS / width)]));
  const [looked] = emit('Gather', [weight('emb.weight', [TOKENS, width]), 'input']);
  let [x] = emit('Add', [looked, weight('pos', [LENGTH, width])]);
  for (let block = 0; block < BLOCKS; block++) {
    const name = `blocks.${block}`;
    const all = dense(normalized(x, `${name}.n1`), `${name}.qkv`, width, 3 * width);
    const [q, k, v] = emit('Split', [all, shape(width, width, width)], { axis: 2 }, 3) as [string, string, string];
    const [scores] = emit('MatMul', [heads(q, [0, 2, 1, 3]), heads(k, [0, 2, 3, 1])]);
    const [weights] = emit('Softmax', [emit('Mul', [scores, 'scale'])[0]], { axis: -1 });
    const [seen] = emit('MatMul', [weights, heads(v, [0, 2, 1, 3])]);
    const [back] = emit('Transpose', [seen], { perm: [0, 2, 1, 3] });
    const [joined] = emit('Reshape', [back, shape(0, LENGTH, width)]);
    [x] = emit('Add', [x, dense(joined, `${name}.o`, width, width)]);
    const [inner] = emit('Relu', [dense(normalized(x, `${name}.n2`), `${name}.f1`, width, 4 * width)]);
    [x] = emit('Add', [x, dense(inner, `${name}.f2`, 4 * width, width)]);
  }
  const [mean] = emit('ReduceMean', [x], { axes: [1], keepdims: 0 });
  const output = dense(mean, 'head', width, CLASSES);
  return {
    ...{ name: `transformer of width ${width}`, opset: 17, nodes, initializers },
    inputs: [{ name: 'input', type: 'int64', dims: ['batch', LENGTH] }],
    outputs: [{ name: output, type: 'float32', dims: ['batch', CLASSES] }],
  };
}
