import { checkModel, newMlp, writeModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { newScattering } from '../features/new-scattering.ts';
import { measureTraining } from './measure-training.ts';

const deep = writeModel(newMlp({ inputs: 5, hidden: [7, 4], outputs: 2, activation: 'tanh', seed: new Uint8Array(3) }));
const planned = {
  adjacency: 'add-or-remove-one',
  unit: 'row',
  accountant: 'pld',
  ...{ clipNorm: 0.5, noiseMultiplier: 1, samplingRate: 0.2, steps: 4, deltaExponent: 5 },
} as const;
const plan = createPlan(planned).toJSON();
const job = { graph: deep, plan, expectedBatch: 200 };

describe('what a training is measured as', () => {
  test('all that it computes in each step, where the first layer trains', () => {
    const { model, ...measured } = measureTraining(job);
    const facts = checkModel(deep);
    expect(model).toEqual(facts);
    expect(measured).toEqual({
      ...{ flopsPerExample: facts.flopsPerExample, parameterBytes: facts.parameterBytes },
      activationBytesPerExample: facts.activationBytesPerExample,
      ...{ frozenFlopsPerRow: 0, rows: 1000, keptBytes: 0 },
    });
  });

  test('what is frozen once a row, and the rest in each step', () => {
    const measured = measureTraining({ ...job, trainable: 'last:1' });
    // Products and sums of 5×7 and 7×4, and the activations of 7 and 4; the step has those of 4×2 alone.
    const whole = checkModel(deep, {}, 'last:1');
    const last = checkModel(
      writeModel(newMlp({ inputs: 4, hidden: [], outputs: 2, activation: 'tanh', seed: new Uint8Array(3) })),
    );
    expect(measured.flopsPerExample).toBe(last.flopsPerExample);
    expect(measured.frozenFlopsPerRow).toBe(whole.forwardFlopsPerExample - last.forwardFlopsPerExample);
    expect(measured.frozenFlopsPerRow).toBeGreaterThan(2 * (5 * 7 + 7 * 4));
    expect(measured.activationBytesPerExample).toBe(last.activationBytesPerExample);
    // Four features of each of the declared 1000 rows.
    expect(measured.keptBytes).toBe(16_000);
    expect(measured.parameterBytes).toBe(whole.parameterBytes);
  });

  test('all in each step with an augmentation, whose copies are made before the first layer', () => {
    const measured = measureTraining({ ...job, trainable: 'last:1', augmentation: { copies: 2 } });
    expect(measured).toMatchObject({ frozenFlopsPerRow: 0, keptBytes: 0 });
    expect(measured.flopsPerExample).toBe(checkModel(deep, {}, 'last:1').flopsPerExample);
  });

  test('all in each step where features of the declared rows would not fit', () => {
    expect(measureTraining({ ...job, trainable: 'last:1', expectedBatch: 0.2 * (2 ** 26 + 1) }).frozenFlopsPerRow).toBe(
      0,
    );
  });

  test('a scattering transform is nearly all of its model, and is no part of a step', () => {
    const graph = writeModel(newScattering({ height: 28, width: 28, outputs: 10 }));
    const { flopsPerExample, frozenFlopsPerRow } = measureTraining({ ...job, graph });
    expect(frozenFlopsPerRow).toBeGreaterThan(10 * flopsPerExample);
  });

  test('what correlated noise remembers: bands − 1 numbers a parameter', () => {
    const correlated = createPlan({
      ...planned,
      samplingRate: 0.1,
      correlation: { order: 'cyclic-poisson', bands: 3 },
    });
    const { model, keptBytes } = measureTraining({ ...job, plan: correlated.toJSON() });
    expect(keptBytes).toBe(8 * 2 * model.parameters);
  });
});
