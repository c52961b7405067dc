import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import type { Attribute } from '../graph/graph.ts';
import { floatTensor } from '../graph/tensor.ts';
import { isolate } from '../isolate.ts';

const epsilon: Attribute = { kind: 'float', value: 0.01 };

describe('normalisations against finite differences', () => {
  it.each([
    ['the last axis', [3, 4], [4], { axis: -1, epsilon }],
    ['two axes', [3, 4], [3, 4], { axis: 1, epsilon }],
    ['one axis alone', [5], [5], { epsilon }],
  ])('LayerNormalization over %s', (_, input, own, attributes) =>
    expectGradients({
      graph: between({
        input,
        width: input.reduce((a, b) => a * b),
        initializers: { scale: own, bias: own },
        nodes: [node('LayerNormalization', ['h', 'scale', 'bias'], 'z', attributes)],
      }),
    }),
  );

  it('LayerNormalization without bias', () =>
    expectGradients({
      graph: between({
        input: [2, 4],
        width: 8,
        initializers: { scale: [4] },
        nodes: [node('LayerNormalization', ['h', 'scale'], 'z', { epsilon })],
      }),
    }));

  it.each([[[3, 5]], [[2, 2, 3]]])('InstanceNormalization of %j', (input) =>
    expectGradients({
      graph: between({
        input,
        width: input.reduce((a, b) => a * b),
        initializers: { scale: [input[0]!], bias: [input[0]!] },
        nodes: [node('InstanceNormalization', ['h', 'scale', 'bias'], 'z', { epsilon })],
      }),
    }),
  );

  it('InstanceNormalization that neither scales nor shifts', () =>
    expectGradients({
      graph: between({
        input: [2, 5],
        width: 10,
        nodes: [
          node('Constant', [], 'one', { value: { kind: 'tensor', value: floatTensor([2], [1, 1]) } }),
          node('Constant', [], 'zero', { value: { kind: 'tensor', value: floatTensor([2], [0, 0]) } }),
          node('InstanceNormalization', ['h', 'one', 'zero'], 'z', { epsilon }),
        ],
      }),
    }));

  it('a scale of ones that trains is not taken for none', () =>
    expectGradients({
      graph: between({
        input: [2, 5],
        width: 10,
        initializers: { scale: floatTensor([2], [1, 1]), bias: floatTensor([2], [0, 0]) },
        nodes: [node('InstanceNormalization', ['h', 'scale', 'bias'], 'z', { epsilon })],
      }),
    }));

  it.each([
    [18, 2],
    [21, 4],
  ])('GroupNormalization of opset %d', (opset, own) =>
    expectGradients({
      graph: between({
        input: [4, 2, 3],
        width: 24,
        opset,
        initializers: { scale: [own], bias: [own] },
        nodes: [node('GroupNormalization', ['h', 'scale', 'bias'], 'z', { num_groups: 2, epsilon })],
      }),
    }),
  );
});

describe('normalisations are refused', () => {
  it('over the batch', () => {
    const over = graphOf({
      input: [1009],
      initializers: { scale: [1009, 1009] },
      nodes: [node('LayerNormalization', ['x', 'scale'], 'y', { axis: 0 })],
    });
    expect(() => isolate(over)).toThrow(
      expect.objectContaining({
        code: 'onnx.mixesBatch',
        data: { node: 'LayerNormalization of y', op: 'LayerNormalization', reason: 'normalises over the batch' },
      }),
    );
  });

  it.each(['InstanceNormalization', 'GroupNormalization'])('%s with the batch moved to the channels', (op) => {
    const moved = graphOf({
      input: [1009, 3],
      initializers: { scale: [1009], bias: [1009] },
      opset: 21,
      nodes: [
        node('Transpose', ['x'], 't', { perm: [1, 0, 2] }),
        node(op, ['t', 'scale', 'bias'], 'y', op === 'GroupNormalization' ? { num_groups: 1009 } : {}),
      ],
    });
    expect(() => isolate(moved)).toThrow(expect.objectContaining({ code: 'onnx.mixesBatch' }));
  });

  it.each([
    ['LayerNormalization', { scale: [3] }, ['x', 'scale'], {}],
    ['InstanceNormalization', { scale: [3], bias: [2] }, ['x', 'scale', 'bias'], {}],
    ['GroupNormalization', { scale: [3], bias: [3] }, ['x', 'scale', 'bias'], { num_groups: 3 }],
    ['GroupNormalization', { scale: [2], bias: [2] }, ['x', 'scale', 'bias'], { num_groups: 0 }],
  ])('%s with shapes that do not fit: %j', (op, initializers, inputs, attributes) => {
    const graph = graphOf({ input: [2, 4], initializers, nodes: [node(op, inputs, 'y', attributes)] });
    expect(() => isolate(graph)).toThrow(expect.objectContaining({ code: 'onnx.shape' }));
  });
});
