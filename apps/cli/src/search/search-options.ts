import { Option, type Command } from 'commander';
import type { Adjacency, RunCount } from '@encryptech/privacy';
import { addOwnRows, type OwnRowsOptions } from '../own-rows.ts';
import { addTrainingOptions, type TrainingOptions } from '../training-options.ts';
import { runCountOf } from '../tuning-options.ts';

/** Options of `model search`. */
export interface SearchOptions extends OwnRowsOptions, TrainingOptions, Record<string, unknown> {
  try: string[];
  settings?: string;
  nominalRows: string;
  epsilon: string;
  deltaExponent: string;
  adjacency: Adjacency;
  tuning: RunCount['kind'];
  meanRuns?: string;
  shape?: string;
  holdOut: string;
  scoreData?: string;
  scoreLabels?: string;
  out: string;
  force?: boolean;
  state?: string;
  dryRun?: boolean;
}

export const addSearchOptions = (command: Command): Command =>
  addTrainingOptions(
    addOwnRows(command)
      .requiredOption('--nominal-rows <count>', 'a round public figure of about how many rows (or units) there are')
      .option('--try <name=a,b,c>', 'values of an option of the training; may be repeated', gather, [])
      .option(
        '--settings <file>',
        'the same in JSON, such as {"optimiser": "adam", "learning-rate": [0.01, 0.02]}, or a list of such',
      )
      .option('--epsilon <number>', 'what all of the search may cost', '3')
      .option('--delta-exponent <k>', 'the k of delta = 10^−k', '5')
      .addOption(
        new Option('--adjacency <kind>', 'what neighbouring datasets are')
          .choices(['add-or-remove-one', 'replace-one'])
          .default('add-or-remove-one'),
      )
      .addOption(
        new Option('--tuning <distribution>', 'how the secret number of runs is drawn')
          .choices(['poisson', 'negative-binomial'])
          .default('poisson'),
      )
      .option('--mean-runs <number>', 'average number of runs; two for each setting, and at least 10, if left out')
      .option('--shape <number>', 'shape of the negative binomial: 1 is geometric (default), 0 logarithmic')
      .option(
        '--hold-out <share>',
        'chance with which a unit is kept from all trainings, for noised scores alone',
        '0.2',
      )
      .option('--score-data <file>', 'score on these rows instead, which the search does not protect')
      .option('--score-labels <file>', 'their labels, where they are IDX pictures')
      .option('--out <file>', 'where to write the model', 'found.onnx')
      .option('--force', 'write over an existing file')
      .option(
        '--state <file>',
        'keep progress here, encrypted under a passphrase; the same command then goes on from it',
      )
      .option('--dry-run', 'say what would be tried and what it costs, and stop'),
  );

const gather = (value: string, before: string[]): string[] => [...before, value];

const [RUNS_A_SETTING, LEAST_RUNS] = [2, 10];

/**
 * How often a search over so many settings runs one.
 *
 * @throws `cli.badOption`
 */
export const searchRuns = ({ tuning, meanRuns, shape }: SearchOptions, settings: number): RunCount =>
  runCountOf({
    tuning,
    meanRuns: meanRuns ?? String(Math.max(LEAST_RUNS, RUNS_A_SETTING * settings)),
    ...(shape === undefined ? {} : { shape }),
  })!;
