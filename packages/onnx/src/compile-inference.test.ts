import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { openModel } from '../test/run-step.ts';
import { compileInference } from './compile-inference.ts';
import { floatValues } from './graph/tensor.ts';
import { readModel } from './read-model.ts';

interface Outputs {
  readonly input: { readonly data: readonly number[]; readonly shape: readonly number[] };
  readonly output: readonly number[];
}

const cases = goldenCases().filter(({ name }) => ['logistic', 'mlp-relu', 'mnist-cnn', 'regression'].includes(name));

describe('compileInference', () => {
  it.each(cases)('$name gives the outputs of PyTorch', async ({ model, file }) => {
    const { input, output } = file as Outputs;
    const compiled = compileInference(readModel(model), { batch: 6 });
    expect(compiled.parameters).toEqual([]);
    const session = await openModel(compiled.model);
    const feeds = { [compiled.inputs.example]: new Tensor('float32', Float32Array.from(input.data), [...input.shape]) };
    const result = (await session.run(feeds))[compiled.outputs.output]!;
    expect(result.dims).toEqual(compiled.output.dims);
    expect(relativeError([...(result.data as Float32Array)], output)).toBeLessThan(1e-5);
  });

  it('takes parameters as inputs when asked', async () => {
    const { model, file } = cases[1]!;
    const { input, output } = file as Outputs;
    const graph = readModel(model);
    const compiled = compileInference(graph, { batch: 6, parameters: 'inputs' });
    expect(compiled.parameters.map(({ name }) => name)).toEqual([...graph.initializers.keys()]);
    const session = await openModel(compiled.model);
    const feeds = Object.fromEntries(
      compiled.parameters.map(({ name, dims }) => [
        name,
        new Tensor('float32', floatValues(graph.initializers.get(name)!), [...dims]),
      ]),
    );
    feeds[compiled.inputs.example] = new Tensor('float32', Float32Array.from(input.data), [...input.shape]);
    const result = (await session.run(feeds))[compiled.outputs.output]!;
    expect(relativeError([...(result.data as Float32Array)], output)).toBeLessThan(1e-5);
  });

  it('refuses graphs that mix the batch', () => {
    const { model } = goldenCases().find(({ name }) => name === 'batch-centred')!;
    expect(() => compileInference(readModel(model), { batch: 6 })).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch' }),
    );
  });
});
