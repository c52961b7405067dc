import { Option, type Command } from 'commander';
import type { TrainingChoices } from '@encryptech/sdk';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';

/** Options of `job quote`, `job submit` and `model search` that say how a model is trained. */
export interface TrainingOptions {
  loss?: NonNullable<TrainingChoices['loss']>;
  huberDelta?: string;
  classWeights?: string;
  features?: NonNullable<TrainingChoices['features']>;
  trainable?: string;
  clipNorm?: string;
  clipping?: NonNullable<TrainingChoices['clipping']>;
  clipQuantile?: string;
  clipRate?: string;
  clipShare?: string;
  optimiser?: NonNullable<TrainingChoices['optimiser']>;
  learningRate?: string;
  momentum?: string;
  beta1?: string;
  beta2?: string;
  weightDecay?: string;
  schedule?: NonNullable<TrainingChoices['schedule']>;
  warmup?: string;
  average?: string;
  augment?: string;
  copies?: string;
  samplingRate?: string;
  steps?: string;
  noiseBands?: string;
  passes?: string;
  microBatch?: string;
  checkpointEvery?: string;
}

export const addTrainingOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--loss <name>', 'loss of an example; follows from the dataset if left out').choices([
        ...['softmax-cross-entropy', 'binary-cross-entropy-with-logits', 'mean-squared-error', 'huber'],
      ]),
    )
    .option('--huber-delta <number>', 'where the Huber loss turns from a square into a line; 1 if left out')
    .option(
      '--class-weights <numbers>',
      'what an example counts by its class, such as 1,12.5; never counted on the data',
    )
    .addOption(
      new Option(
        '--features <name>',
        'put before the model, which then takes so many numbers: scattering, for grey pictures',
      ).choices(['scattering']),
    )
    .option(
      '--trainable <which>',
      'all, biases, last:N (layers), lora:RANK (adapters are added), or names with *, separated by commas',
    )
    .option('--clip-norm <number>', 'norm that each unit’s gradient is clipped to; the first one where it adapts')
    .addOption(
      new Option(
        '--clipping <kind>',
        'flat if left out; adaptive follows a quantile of the norms by noised counts',
      ).choices([...['flat', 'automatic', 'per-layer', 'adaptive']]),
    )
    .option('--clip-quantile <share>', 'adaptive: share of gradients that are to be short; 0.5 if left out')
    .option('--clip-rate <number>', 'adaptive: how fast the clip norm moves; 0.2 if left out')
    .option('--clip-share <share>', 'adaptive: the counts’ part of the privacy loss; 0.02 if left out')
    .addOption(new Option('--optimiser <name>', 'sgd if left out').choices(['sgd', 'adam', 'adamw']))
    .option('--learning-rate <number>', 'learning rate')
    .option('--momentum <number>', 'momentum, for sgd')
    .option('--beta1 <share>', 'decay of the first moment, for adam and adamw; 0.9 if left out')
    .option('--beta2 <share>', 'decay of the second moment, for adam and adamw; 0.99 if left out')
    .option('--weight-decay <number>', 'for adamw; 0.01 if left out')
    .addOption(
      new Option('--schedule <name>', 'how the learning rate falls; constant if left out').choices([
        ...['constant', 'linear', 'cosine'],
      ]),
    )
    .option('--warmup <steps>', 'steps over which the learning rate rises first')
    .option(
      '--average <which>',
      'weights that are released: none, ema:DECAY or tail:STEP; the second half’s mean if left out',
    )
    .option('--augment <transforms>', 'of each example, such as flip,shift:4 for pictures or jitter:0.1 for tables')
    .option('--copies <count>', 'transformed copies that an example’s gradient is the mean of; 8 if left out')
    .option('--sampling-rate <number>', 'probability with which each unit is drawn in a step')
    .option('--steps <count>', 'training steps')
    .option(
      '--noise-bands <steps>',
      'correlate the noise over so many steps, so that it cancels in part; fresh noise in each step if left out',
    )
    .option(
      '--passes <count>',
      'take the rows as they come, in so many passes, with correlated noise: where sampling is impossible, under replace-one',
    )
    .option('--micro-batch <rows>', 'rows of one graph call, with all copies; bounds memory')
    .option('--checkpoint-every <steps>', 'steps between checkpoints');

const optional = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
  text === undefined ? undefined : read(text);

/**
 * What the options choose about the training.
 *
 * @throws `cli.badOption` with the option in `place`
 */
export function trainingChoicesOf(options: TrainingOptions): TrainingChoices {
  const number = (flag: string, text: string | undefined) => optional(text, (given) => numberOption(flag, given));
  const whole = (flag: string, text: string | undefined) => optional(text, (given) => wholeNumberOption(flag, given));
  return {
    loss: options.loss,
    huberDelta: number('--huber-delta', options.huberDelta),
    classWeights: optional(options.classWeights, (text) =>
      text.split(',').map((weight) => numberOption('--class-weights', weight)),
    ),
    features: options.features,
    trainable: options.trainable,
    clipNorm: number('--clip-norm', options.clipNorm),
    clipping: options.clipping,
    clipQuantile: number('--clip-quantile', options.clipQuantile),
    clipRate: number('--clip-rate', options.clipRate),
    clipShare: number('--clip-share', options.clipShare),
    optimiser: options.optimiser,
    learningRate: number('--learning-rate', options.learningRate),
    momentum: number('--momentum', options.momentum),
    beta1: number('--beta1', options.beta1),
    beta2: number('--beta2', options.beta2),
    weightDecay: number('--weight-decay', options.weightDecay),
    schedule: options.schedule,
    warmupSteps: whole('--warmup', options.warmup),
    averaging: optional(options.average, averagingOf),
    augmentation: augmentationOf(options),
    samplingRate: number('--sampling-rate', options.samplingRate),
    steps: whole('--steps', options.steps),
    noiseBands: whole('--noise-bands', options.noiseBands),
    passes: whole('--passes', options.passes),
    microBatch: whole('--micro-batch', options.microBatch),
    checkpointEvery: whole('--checkpoint-every', options.checkpointEvery),
  };
}

function averagingOf(text: string): NonNullable<TrainingChoices['averaging']> {
  const [kind, value, ...rest] = text.split(':');
  if (kind === 'none' && value === undefined) return { kind };
  if (kind === 'ema' && value !== undefined && rest.length === 0)
    return { kind, decay: numberOption('--average', value) };
  if (kind === 'tail' && value !== undefined && rest.length === 0)
    return { kind, fromStep: numberOption('--average', value) };
  throw cliError({
    code: 'cli.badOption',
    message: `"${text}" is no average.`,
    place: '--average',
    hint: 'none, ema:0.99, or tail:50 for the mean from step 50 on.',
  });
}

function augmentationOf({ augment, copies }: TrainingOptions): TrainingChoices['augmentation'] {
  if (augment === undefined) {
    if (copies === undefined) return undefined;
    throw cliError({
      code: 'cli.badOption',
      message: 'Copies of an example are all alike without a transform.',
      place: '--copies',
      hint: 'Add --augment, such as --augment flip,shift:4.',
    });
  }
  const chosen = {
    flip: undefined as boolean | undefined,
    shift: undefined as number | undefined,
    jitter: undefined as number | undefined,
  };
  for (const part of augment.split(',')) {
    const [name, value] = part.split(':');
    if (name === 'flip' && value === undefined) chosen.flip = true;
    else if (name === 'shift' && value !== undefined) chosen.shift = wholeNumberOption('--augment', value);
    else if (name === 'jitter' && value !== undefined) chosen.jitter = numberOption('--augment', value);
    else {
      throw cliError({
        code: 'cli.badOption',
        message: `"${part}" is no transform.`,
        place: '--augment',
        hint: 'flip, shift:PIXELS and jitter:DEVIATION, separated by commas.',
      });
    }
  }
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  return { copies: copies === undefined ? 8 : wholeNumberOption('--copies', copies), ...given };
}
