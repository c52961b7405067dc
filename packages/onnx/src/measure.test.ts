import { describe, expect, it } from 'vitest';
import { goldenCases } from '../test/golden.ts';
import { measure } from './measure.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';

describe('measure', () => {
  it('counts a linear model by hand', () => {
    const linear = newMlp({ inputs: 30, hidden: [], outputs: 2, activation: 'relu', seed: new Uint8Array() });
    expect(measure(linear)).toEqual({
      parameters: 62,
      parameterBytes: 248,
      // 30·2 multiply-adds and 2 additions.
      forwardFlopsPerExample: 122,
      // No backward pass to the input. Ghost norm: 2·(30 + 2); sum: 2·30·2; bias: its gradient, norm and sum, 5·2.
      flopsPerExample: 122 + 64 + 120 + 10,
      activationBytesPerExample: 8,
      nodes: 1,
      inputs: [{ name: 'input', type: 'float32', dims: ['batch', 30] }],
      outputs: [{ name: 'output', type: 'float32', dims: ['batch', 2] }],
    });
  });

  it('counts the forward pass of a CNN by hand', () => {
    const facts = measure(readModel(goldenCases().find(({ name }) => name === 'mnist-cnn')!.model));
    const conv1 = 2 * 196 * 64 * 16 + 196 * 16;
    const conv2 = 2 * 25 * 256 * 32 + 25 * 32;
    const pools = 3 * (16 * 169 + 32 * 16);
    const relus = 196 * 16 + 25 * 32 + 32;
    const dense = 2 * (512 * 32 + 32 * 10) + 42;
    expect(facts.parameters).toBe(26_010);
    expect(facts.forwardFlopsPerExample).toBe(conv1 + conv2 + pools + relus + dense);
    expect(facts.activationBytesPerExample).toBe(4 * (2 * 196 * 16 + 16 * 169 + 2 * 25 * 32 + 2 * 512 + 2 * 32 + 10));
    const ratio = facts.flopsPerExample / facts.forwardFlopsPerExample;
    expect(ratio).toBeGreaterThan(2.4);
    expect(ratio).toBeLessThan(3.2);
  });

  it('leaves out the backward pass through frozen layers', () => {
    const mlp = newMlp({ inputs: 100, hidden: [100, 100], outputs: 2, activation: 'relu', seed: new Uint8Array() });
    const head = measure(mlp, (name) => name.startsWith('4.'));
    expect(head.parameters).toBe(202);
    expect(head.flopsPerExample - head.forwardFlopsPerExample).toBeLessThan(1000);
  });
});
