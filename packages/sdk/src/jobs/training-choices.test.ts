import { describe, expect, test } from 'vitest';
import { defaultTraining } from '@encryptech/learning';
import { checkModel, newMlp, readModel, trainableBy, writeModel } from '@encryptech/onnx';
import { clippingOf } from './clipping-of.ts';
import { graphToTrain } from './graph-to-train.ts';
import { optimiserOf } from './optimiser-of.ts';

const defaults = defaultTraining({ inputs: 30, rows: 500 }).optimiser;
const badOption = (place: string) => expect.objectContaining({ code: 'sdk.badOption', place });

describe('optimiserOf', () => {
  test('is what is known to be good where nothing is chosen', () => {
    expect(optimiserOf({}, defaults, 80)).toEqual({
      ...{ kind: 'sgd', learningRate: 1, momentum: 0.9, averaging: { kind: 'tail', fromStep: 40 } },
    });
    expect(optimiserOf({ optimiser: 'adamw' }, defaults, 80)).toEqual({
      ...{ kind: 'adamw', learningRate: 0.02, beta1: 0.9, beta2: 0.99, floor: 0.1, weightDecay: 0.01 },
      averaging: { kind: 'tail', fromStep: 40 },
    });
  });

  test('takes every choice', () => {
    const common = {
      learningRate: 0.3,
      schedule: 'cosine',
      warmupSteps: 5,
      averaging: { kind: 'ema', decay: 0.99 },
    } as const;
    expect(optimiserOf({ ...common, momentum: 0.5 }, defaults, 80)).toEqual({ kind: 'sgd', momentum: 0.5, ...common });
    expect(optimiserOf({ ...common, optimiser: 'adam', beta1: 0.8, beta2: 0.999 }, defaults, 80)).toEqual({
      ...{ kind: 'adam', beta1: 0.8, beta2: 0.999, floor: 0.1, ...common },
    });
  });

  test('refuses choices that the optimiser does not have', () => {
    expect(() => optimiserOf({ weightDecay: 0.1 }, defaults, 80)).toThrow(badOption('weightDecay'));
    expect(() => optimiserOf({ optimiser: 'adam', weightDecay: 0.1 }, defaults, 80)).toThrow(badOption('weightDecay'));
    expect(() => optimiserOf({ optimiser: 'adamw', momentum: 0.5 }, defaults, 80)).toThrow(badOption('momentum'));
  });
});

describe('clippingOf', () => {
  test('says nothing for flat, and gives adaptive clipping its settings', () => {
    expect(clippingOf({})).toBeUndefined();
    expect(clippingOf({ clipping: 'flat' })).toBeUndefined();
    expect(clippingOf({ clipping: 'automatic' })).toEqual({ kind: 'automatic' });
    expect(clippingOf({ clipping: 'adaptive' })).toEqual({ kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 });
    expect(clippingOf({ clipping: 'adaptive', clipQuantile: 0.7, clipRate: 0.1, clipShare: 0.05 })).toEqual({
      ...{ kind: 'adaptive', quantile: 0.7, rate: 0.1, share: 0.05 },
    });
  });

  test('refuses settings that go with adaptive clipping alone', () => {
    expect(() => clippingOf({ clipQuantile: 0.5 })).toThrow(badOption('clipQuantile'));
    expect(() => clippingOf({ clipping: 'per-layer', clipShare: 0.1 })).toThrow(badOption('clipShare'));
  });
});

describe('graphToTrain', () => {
  const graph = writeModel(
    newMlp({ inputs: 4, hidden: [5], outputs: 2, activation: 'tanh', seed: new Uint8Array([1]) }),
  );

  test('leaves the graph as it is, but for lora:RANK, which adds adapters and trains them', () => {
    expect(graphToTrain(graph, 'last:1')).toEqual({ graph, trainable: 'last:1' });
    const adapted = graphToTrain(graph, 'lora:2');
    expect(adapted.trainable).toBe('lora');
    expect(adapted.graph).not.toEqual(graph);
    // Two layers, each with factors of rank 2: 4·2 + 2·5 + 5·2 + 2·2.
    expect(checkModel(adapted.graph, {}, 'lora').parameters).toBe(32);
    expect(trainableBy(readModel(adapted.graph), 'lora')!('0.weight')).toBe(false);
  });

  test('gives equal graphs equal adapters, so that equal orders have equal names', () => {
    expect(graphToTrain(graph, 'lora:2').graph).toEqual(graphToTrain(graph, 'lora:2').graph);
  });

  test.each(['lora:', 'lora:0', 'lora:1.5', 'lora:x', 'lora:999999'])('refuses "%s"', (trainable) => {
    expect(() => graphToTrain(graph, trainable)).toThrow(badOption('trainable'));
  });
});
