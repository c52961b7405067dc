import { describe, expect, it } from 'vitest';
import { checkModel } from './check-model.ts';
import { tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { writeModel } from './write-model.ts';

const options = { inputs: 30, hidden: [16, 8], outputs: 2, activation: 'tanh', seed: new Uint8Array([1, 2]) } as const;

describe('newMlp', () => {
  it('is named as PyTorch names a Sequential', () => {
    const graph = newMlp(options);
    expect([...graph.initializers.keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias', '4.weight', '4.bias']);
    expect(graph.nodes.map(({ name, op }) => [name, op])).toEqual([
      ['/0/Gemm', 'Gemm'],
      ['/1/Tanh', 'Tanh'],
      ['/2/Gemm', 'Gemm'],
      ['/3/Tanh', 'Tanh'],
      ['/4/Gemm', 'Gemm'],
    ]);
    expect(checkModel(writeModel(graph)).parameters).toBe(31 * 16 + 17 * 8 + 9 * 2);
  });

  it('has equal weights for equal seeds, and others for others', () => {
    expect(newMlp({ ...options, seed: new Uint8Array([1, 2]) })).toEqual(newMlp(options));
    expect(newMlp({ ...options, seed: new Uint8Array([1, 3]) })).not.toEqual(newMlp(options));
  });

  it('draws weights evenly in ±1/√inputs', () => {
    const weights = tensorValues(newMlp({ ...options, inputs: 100, hidden: [100] }).initializers.get('0.weight')!);
    const mean = weights.reduce((total, weight) => total + weight, 0) / weights.length;
    const square = weights.reduce((total, weight) => total + weight ** 2, 0) / weights.length;
    expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(Math.max(...weights)).toBeGreaterThan(0.0999);
    // Standard errors at 10,000 draws: 5.8e-4 and 3.0e-5.
    expect(Math.abs(mean)).toBeLessThan(0.003);
    expect(Math.abs(square - 0.01 / 3)).toBeLessThan(1.5e-4);
  });

  it.each([0, -1, 1.5, 2_000_000, NaN])('refuses a width of %d', (width) => {
    expect(() => newMlp({ ...options, hidden: [width] })).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
  });
});
