import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addTrainingOptions, trainingChoicesOf, type TrainingOptions } from './training-options.ts';

function choicesOf(...argv: string[]) {
  const command = addTrainingOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  command.parse(argv, { from: 'user' });
  const choices = trainingChoicesOf(command.opts<TrainingOptions>());
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
}

describe('training options', () => {
  test('choose nothing where nothing is said', () => {
    expect(choicesOf()).toEqual({});
  });

  test('become choices', () => {
    expect(
      choicesOf(
        ...['--trainable', 'lora:8', '--clipping', 'adaptive', '--clip-quantile', '0.6', '--clip-rate', '0.1'],
        ...['--clip-share', '0.05', '--clip-norm', '2', '--optimiser', 'adamw', '--beta1', '0.8', '--beta2', '0.9'],
        ...['--weight-decay', '0.1', '--learning-rate', '0.01', '--schedule', 'cosine', '--warmup', '5'],
        ...['--average', 'ema:0.99', '--augment', 'flip,shift:4,jitter:0.1', '--copies', '16', '--micro-batch', '32'],
      ),
    ).toEqual({
      ...{ trainable: 'lora:8', clipping: 'adaptive', clipQuantile: 0.6, clipRate: 0.1, clipShare: 0.05, clipNorm: 2 },
      ...{ optimiser: 'adamw', beta1: 0.8, beta2: 0.9, weightDecay: 0.1, learningRate: 0.01, schedule: 'cosine' },
      ...{ warmupSteps: 5, averaging: { kind: 'ema', decay: 0.99 }, microBatch: 32 },
      augmentation: { copies: 16, flip: true, shift: 4, jitter: 0.1 },
    });
    expect(choicesOf('--loss', 'huber', '--huber-delta', '0.5', '--average', 'tail:10')).toEqual({
      ...{ loss: 'huber', huberDelta: 0.5, averaging: { kind: 'tail', fromStep: 10 } },
    });
    expect(choicesOf('--class-weights', '1,12.5', '--average', 'none', '--augment', 'flip')).toEqual({
      ...{ classWeights: [1, 12.5], averaging: { kind: 'none' }, augmentation: { copies: 8, flip: true } },
    });
  });

  test.each([
    ['--average', ['--average', 'mean']],
    ['--average', ['--average', 'ema']],
    ['--augment', ['--augment', 'rotate:10']],
    ['--augment', ['--augment', 'shift']],
    ['--augment', ['--augment', 'shift:0.5']],
    ['--copies', ['--copies', '4']],
    ['--class-weights', ['--class-weights', '1,two']],
    ['--warmup', ['--warmup', '0.5']],
  ])('%s that is none is refused with its place', (place, argv) => {
    expect(() => choicesOf(...argv)).toThrow(expect.objectContaining({ code: 'cli.badOption', place }));
  });

  test('choices from a list are refused by the parser', () => {
    expect(() => choicesOf('--clipping', 'tight')).toThrow(/flat, automatic, per-layer, adaptive/);
    expect(() => choicesOf('--optimiser', 'lion')).toThrow(/sgd, adam, adamw/);
  });
});
