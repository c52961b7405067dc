import { Option, type Command } from 'commander';
import type { RunCount } from '@encryptech/privacy';
import { cliError } from './errors.ts';
import { numberOption } from './number-option.ts';

/** Options that price a search over settings. */
export interface TuningOptions extends Record<string, unknown> {
  tuning?: 'negative-binomial' | 'poisson';
  meanRuns?: string;
  shape?: string;
}

export const addTuning = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--tuning <distribution>',
        'price a search: such a run, repeated a secret random number of times',
      ).choices(['negative-binomial', 'poisson']),
    )
    .option('--mean-runs <number>', 'average number of runs of the search')
    .option('--shape <number>', 'shape of the negative binomial: 1 is geometric (default), 0 logarithmic');

/**
 * How often the search repeats its run; undefined where the options name no search.
 *
 * @throws `cli.badOption`
 */
export function runCountOf({ tuning, meanRuns, shape }: TuningOptions): RunCount | undefined {
  if (tuning === undefined) {
    if (meanRuns === undefined && shape === undefined) return undefined;
    throw cliError({
      code: 'cli.badOption',
      message: 'A search needs the distribution of its number of runs.',
      place: '--tuning',
      hint: 'Give --tuning negative-binomial or --tuning poisson.',
    });
  }
  if (meanRuns === undefined) {
    throw cliError({
      code: 'cli.badOption',
      message: 'A search needs its average number of runs.',
      place: '--mean-runs',
      hint: 'Such as --mean-runs 10.',
    });
  }
  const mean = numberOption('--mean-runs', meanRuns);
  return tuning === 'poisson'
    ? { kind: tuning, mean }
    : { kind: tuning, shape: shape === undefined ? 1 : numberOption('--shape', shape), mean };
}

export const tuningText = (runs: RunCount): string =>
  runs.kind === 'poisson' ? 'Poisson' : `negative binomial of shape ${runs.shape}`;
