import { Option, type Command } from 'commander';
import { parseEnc, type Hex } from '@encryptech/base';
import type { JobChoices, JobDemands } from '@encryptech/sdk';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';
import { addTrainingOptions, trainingChoicesOf, type TrainingOptions } from './training-options.ts';

/** Options that `job quote` and `job submit` share. */
export interface JobOptions extends TrainingOptions, Record<string, unknown> {
  dataset: string;
  epsilon?: string;
  noiseMultiplier?: string;
  adjacency?: 'add-or-remove-one' | 'replace-one';
  duration?: string;
  minLevel: string;
  minReputation?: string;
  maxRate?: string;
  class: 'market' | 'reserved';
  prefer?: string;
  as?: string;
  dir?: string;
}

export const addJobOptions = (command: Command): Command =>
  addTrainingOptions(
    command
      .requiredOption('--dataset <id>', 'dataset to train on; a unique beginning is enough')
      .option('--epsilon <number>', 'privacy loss of the run; 3 if neither this nor --noise-multiplier is given')
      .option('--noise-multiplier <number>', 'noise over clip norm, in place of --epsilon')
      .addOption(
        new Option('--adjacency <kind>', 'what neighbouring datasets are; the dataset’s own if left out').choices([
          ...['add-or-remove-one', 'replace-one'],
        ]),
      ),
  )
    .option('--duration <seconds>', 'longest time that the provider may take')
    .option('--min-level <level>', 'least security level, 0 to 3', '0')
    .option('--min-reputation <share>', 'least reputation of the provider, 0 to 1')
    .option('--max-rate <enc>', 'most ENC a unit of work; a little above the median offer if left out')
    .addOption(
      new Option('--class <class>', 'market, or reserved: within your entitlement, at the posted rate')
        .choices(['market', 'reserved'])
        .default('market'),
    )
    .option('--prefer <s,p,c>', 'weights of security, performance and cost, adding up to 100, such as 30,30,40')
    .option('--as <developer>', 'who orders')
    .option('--dir <folder>', 'state directory');

const optional = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
  text === undefined ? undefined : read(text);

/** What the options choose about the training. */
export const choicesOf = (options: JobOptions): JobChoices => ({
  ...trainingChoicesOf(options),
  epsilon:
    optional(options.epsilon, (text) => numberOption('--epsilon', text)) ??
    (options.noiseMultiplier === undefined ? 3 : undefined),
  noiseMultiplier: optional(options.noiseMultiplier, (text) => numberOption('--noise-multiplier', text)),
  adjacency: options.adjacency,
  durationSec: optional(options.duration, (text) => wholeNumberOption('--duration', text)),
});

/** What the options demand of a provider. */
export function demandsOf(options: JobOptions, developer: Hex): JobDemands {
  const minLevel = numberOption('--min-level', options.minLevel);
  if (![0, 1, 2, 3].includes(minLevel))
    throw cliError({
      code: 'cli.badOption',
      message: `"${options.minLevel}" is no security level.`,
      place: '--min-level',
      hint: '0, 1, 2 or 3.',
    });
  return {
    developer,
    minLevel,
    minReputationBps: optional(options.minReputation, (text) =>
      Math.round(numberOption('--min-reputation', text) * 10_000),
    ),
    maxRate: optional(options.maxRate, parseEnc),
    class: options.class,
  };
}

/** The weights of `--prefer` in basis points. */
export function preferencesOf(
  options: JobOptions,
): { security: number; performance: number; cost: number } | undefined {
  if (options.prefer === undefined) return undefined;
  const weights = options.prefer.split(',').map((text) => Math.round(numberOption('--prefer', text) * 100));
  const [security, performance, cost] = weights;
  if (weights.length !== 3 || security! + performance! + cost! !== 10_000) {
    throw cliError({
      code: 'cli.badOption',
      message: `"${options.prefer}" are no weights.`,
      place: '--prefer',
      hint: 'Three numbers that add up to 100: security,performance,cost, such as 30,30,40.',
    });
  }
  return { security: security!, performance: performance!, cost: cost! };
}
