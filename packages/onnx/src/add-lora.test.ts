import { describe, expect, it } from 'vitest';
import { expectGradients, relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { openModel, runStep } from '../test/run-step.ts';
import { addLora } from './add-lora.ts';
import { compileStep } from './compile-step.ts';
import { floatTensor, tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';
import { trainableBy } from './trainable-by.ts';
import { writeModel } from './write-model.ts';

const seed = new Uint8Array([1]);
const mlp = newMlp({ inputs: 4, hidden: [5], outputs: 3, activation: 'tanh', seed });
const tiedTransformer = readModel(goldenCases().find(({ name }) => name === 'causal-attention-tied')!.model);
const transformer = readModel(goldenCases().find(({ name }) => name === 'transformer')!.model);

describe('addLora', () => {
  it('gives graphs that compute what they did, and whose file is read again', async () => {
    for (const graph of [mlp, transformer]) {
      const adapted = readModel(writeModel(addLora(graph, { rank: 2, seed })));
      const losses = [];
      for (const one of [graph, adapted]) {
        const step = compileStep(one, { loss: 'softmax-cross-entropy', batch: 3, private: true });
        const dims = step.example.dims as number[];
        losses.push(
          (
            await runStep(step, await openModel(step.model), {
              example: Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => (i * 7) % 11),
              target: [0, 1, 2],
              clipNorm: 1,
              parameters: new Map(step.parameters.map(({ name }) => [name, tensorValues(one.initializers.get(name)!)])),
            })
          ).losses,
        );
      }
      expect(relativeError(losses[1]!, losses[0]!)).toBeLessThan(1e-6);
    }
  });

  it('trains the adapters alone, with the gradients of finite differences', () => {
    const adapted = addLora(mlp, { rank: 2, alpha: 3, seed });
    const b = floatTensor([2, 3], [0.3, -0.2, 0.5, 0.1, 0.4, -0.6]);
    const graph = { ...adapted, initializers: new Map([...adapted.initializers, ['2.weight.lora_B', b]]) };
    const trainable = trainableBy(graph, 'lora')!;
    const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: 2, private: true, trainable });
    expect(step.parameters).toEqual([
      { name: '0.weight.lora_A', dims: [4, 2] },
      { name: '0.weight.lora_B', dims: [2, 5] },
      { name: '2.weight.lora_A', dims: [5, 2] },
      { name: '2.weight.lora_B', dims: [2, 3] },
    ]);
    return expectGradients({ graph, loss: 'softmax-cross-entropy', trainable });
  });

  it('adapts the weights that are chosen', () => {
    const adapted = addLora(mlp, { rank: 1, seed, weights: (name) => name.startsWith('2') });
    expect([...adapted.initializers.keys()].filter((name) => name.includes('lora'))).toEqual([
      '2.weight.lora_A',
      '2.weight.lora_B',
      'lora_scale',
    ]);
  });

  it('adapts weights that a Transpose hands on, and leaves alone a table that is also looked up', () => {
    const adapted = addLora(tiedTransformer, { rank: 2, seed });
    const names = [...adapted.initializers].filter(([name]) => name.endsWith('lora_A'));
    expect(names.map(([name, { dims }]) => [name, ...dims])).toEqual([
      ['q.weight.lora_A', 16, 2],
      ['k.weight.lora_A', 16, 2],
      ['v.weight.lora_A', 16, 2],
      ['o.weight.lora_A', 16, 2],
    ]);
  });

  it('gives no adapter to a weight that one layer takes turned and another does not, which no one update could serve', () => {
    const both = graphOf({
      input: [4],
      initializers: { w: [4, 4], v: [4, 2] },
      nodes: [
        node('Gemm', ['x', 'w'], 'h'),
        node('Gemm', ['h', 'w'], 'k', { transB: 1 }),
        node('Gemm', ['k', 'v'], 'y'),
      ],
    });
    const adapted = addLora(both, { rank: 1, seed });
    expect([...adapted.initializers.keys()]).toEqual(['w', 'v', 'v.lora_A', 'v.lora_B', 'lora_scale']);
    expect(() => addLora(both, { rank: 1, seed, weights: (name) => name === 'w' })).toThrow(
      expect.objectContaining({ code: 'onnx.badRequest' }),
    );
  });

  it.each([
    ['a rank of 0', mlp, { rank: 0 }],
    ['a rank of one and a half', mlp, { rank: 1.5 }],
    ['no weight that is meant', mlp, { rank: 1, weights: () => false }],
    ['adapters on adapters', addLora(mlp, { rank: 1, seed }), { rank: 1 }],
  ])('refuses %s', (_, graph, options) => {
    expect(() => addLora(graph, { seed, ...options })).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
  });
});

describe('trainableBy', () => {
  const chosen = (graph: typeof mlp, selection: string) => {
    const trainable = trainableBy(graph, selection);
    const options = trainable === undefined ? {} : { trainable };
    const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: 2, private: true, ...options });
    return step.parameters.map(({ name }) => name);
  };
  it.each([
    ['all', ['0.weight', '0.bias', '2.weight', '2.bias']],
    ['biases', ['0.bias', '2.bias']],
    ['last:1', ['2.weight', '2.bias']],
    ['last:7', ['0.weight', '0.bias', '2.weight', '2.bias']],
    ['*.weight', ['0.weight', '2.weight']],
    ['0.bias, 2.weight', ['0.bias', '2.weight']],
    ['*.*, nothing', ['0.weight', '0.bias', '2.weight', '2.bias']],
    ['*2*i*', ['2.weight', '2.bias']],
    ['0.*bias', ['0.bias']],
  ])('%s of a perceptron', (selection, names) => {
    expect(chosen(mlp, selection)).toEqual(names);
  });

  it('biases and last layers of a transformer as PyTorch exports it', () => {
    expect(chosen(transformer, 'last:1')).toEqual(['head.weight', 'head.bias']);
    const biases = chosen(transformer, 'biases');
    expect(biases.every((name) => name.endsWith('.bias'))).toBe(true);
    expect(biases).toHaveLength(13);
  });

  it('finds the last layer and the biases behind nodes that hand parameters on', () => {
    expect(chosen(tiedTransformer, 'last:1')).toEqual(['tok.weight']);
    expect(chosen(tiedTransformer, 'last:2')).toContain('o.weight');
    expect(chosen(tiedTransformer, 'last:2')).not.toContain('q.weight');
    const copied = graphOf({
      input: [3],
      initializers: { w: [3, 3], b: [3], v: [2, 3] },
      nodes: [
        node('Gemm', ['x', 'w', 'b'], 'h'),
        node('Identity', ['b'], 'same'),
        node('Add', ['h', 'same'], 'k'),
        node('Gemm', ['k', 'v'], 'y', { transB: 1 }),
      ],
    });
    expect(chosen(copied, 'biases')).toEqual(['b']);
    expect(chosen({ ...copied, nodes: copied.nodes.with(0, node('Gemm', ['x', 'w'], 'h')) }, 'biases')).toEqual(['b']);
  });

  it('takes no longer for a pattern of many stars, whatever the names', () => {
    const name = 'a'.repeat(5000);
    const named: typeof mlp = {
      ...mlp,
      initializers: new Map([...mlp.initializers, [name, mlp.initializers.get('0.bias')!]]),
    };
    const start = performance.now();
    expect(() => trainableBy(named, `${'a*'.repeat(500)}b`)).toThrow(
      expect.objectContaining({ code: 'onnx.badRequest' }),
    );
    expect(trainableBy(named, 'a*'.repeat(500))?.(name)).toBe(true);
    // A regular expression of 500 stars would not end.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each(['0.weight*0.weight', '*weight*weight', 'last:0', 'lora', 'nothing', ''])(
    'refuses "%s", which means no parameter',
    (selection) => {
      expect(() => trainableBy(mlp, selection)).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
    },
  );
});
