import { Option, type Command } from 'commander';
import type { Json } from '@encryptech/base';
import {
  clippingNoise,
  createPlan,
  type Accountant,
  type Adjacency,
  type PrivacyPlan,
  type PrivacyPlanOptions,
} from '@encryptech/privacy';
import { clippingOf, correlationOf } from '@encryptech/sdk';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';
import { addAccounting } from './privacy-options.ts';

/** Options of a whole plan. */
export interface PlanOptions extends Record<string, unknown> {
  epsilon?: string;
  noiseMultiplier?: string;
  deltaExponent: string;
  q?: string;
  steps?: string;
  epochs?: string;
  clipNorm: string;
  clipping?: 'flat' | 'automatic' | 'per-layer' | 'adaptive';
  clipQuantile?: string;
  clipRate?: string;
  clipShare?: string;
  noiseBands?: string;
  passes?: string;
  unit: 'row' | 'unit';
  adjacency: Adjacency;
  accountant: Accountant;
}

export const addPlan = (command: Command): Command =>
  addAccounting(command)
    .option('--epsilon <number>', 'epsilon that must not be passed; the noise follows')
    .option('--noise-multiplier <number>', 'noise over clip norm; epsilon follows')
    .option('--delta-exponent <k>', 'the k of delta = 10^−k', '5')
    .option('--q <number>', 'probability with which each privacy unit is drawn in a step; not with --passes')
    .option('--steps <count>', 'number of steps')
    .option('--epochs <count>', 'in place of --steps: how often each unit takes part on average')
    .option('--noise-bands <steps>', 'correlate the noise over so many steps; fresh noise in each if left out')
    .option('--passes <count>', 'units as they come, in so many passes, with correlated noise; under replace-one')
    .option('--clip-norm <number>', 'norm that each unit’s gradient is clipped to; the first one where it adapts', '1')
    .addOption(
      new Option('--clipping <kind>', 'flat if left out').choices(['flat', 'automatic', 'per-layer', 'adaptive']),
    )
    .option('--clip-quantile <share>', 'adaptive: share of gradients that are to be short; 0.5 if left out')
    .option('--clip-rate <number>', 'adaptive: how fast the clip norm moves; 0.2 if left out')
    .option('--clip-share <share>', 'adaptive: the counts’ part of the privacy loss; 0.02 if left out')
    .addOption(new Option('--unit <kind>', 'who is protected').choices(['row', 'unit']).default('row'));

/**
 * The plan that the options describe.
 *
 * @throws `cli.badOption`, `sdk.badOption`, `privacy.…`
 */
export function planOfOptions(options: PlanOptions): PrivacyPlan {
  const { steps, epochs, q, passes, unit, adjacency, accountant } = options;
  const number = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : numberOption(flag, text);
  const whole = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : wholeNumberOption(flag, text);
  if ((steps === undefined) === (epochs === undefined))
    throw cliError({ code: 'cli.badOption', message: 'Give --steps or --epochs, one of them.', place: '--steps' });
  if (q === undefined && (passes === undefined || steps === undefined)) {
    throw cliError({
      code: 'cli.badOption',
      message: 'A plan needs --q, or --passes and --steps.',
      place: '--q',
      hint: 'Passes over the rows settle the share of them in a batch.',
    });
  }
  const count = whole('--steps', steps) ?? Math.ceil(numberOption('--epochs', epochs!) / numberOption('--q', q!));
  const { correlation, samplingRate } = correlationOf(
    { noiseBands: whole('--noise-bands', options.noiseBands), passes: whole('--passes', passes) },
    { samplingRate: number('--q', q), steps: count, usual: 1 },
  );
  const clipping = clippingOf({
    clipping: options.clipping,
    clipQuantile: number('--clip-quantile', options.clipQuantile),
    clipRate: number('--clip-rate', options.clipRate),
    clipShare: number('--clip-share', options.clipShare),
  });
  const epsilon = number('--epsilon', options.epsilon);
  const noiseMultiplier = number('--noise-multiplier', options.noiseMultiplier);
  return createPlan({
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(noiseMultiplier === undefined ? {} : { noiseMultiplier }),
    ...(clipping === undefined ? {} : { clipping }),
    ...(correlation === undefined ? {} : { correlation }),
    ...{ deltaExponent: wholeNumberOption('--delta-exponent', options.deltaExponent), samplingRate, steps: count },
    ...{ clipNorm: numberOption('--clip-norm', options.clipNorm), unit, adjacency, accountant },
  });
}

/** What `privacy plan --json` says beside the plan's own fields: all of it follows from them. */
const REPORT = {
  delta: (plan: PrivacyPlan) => plan.delta,
  costsAs: (plan: PrivacyPlan) => ({ ...plan.mechanism }),
  noise: (plan: PrivacyPlan) => ({ ...clippingNoise(plan) }),
  sentences: (plan: PrivacyPlan) => plan.describe().split('\n'),
};

/** The plan in JSON, with what follows from it beside its own fields. */
export const reportOfPlan = (plan: PrivacyPlan): { [name: string]: Json } =>
  Object.fromEntries([
    ...Object.entries(plan.toJSON()),
    ...Object.entries(REPORT).map(([name, of]) => [name, of(plan)] as const),
  ]);

/** The plan's own fields of what {@link reportOfPlan} gives, or of a plan alone. */
export const planOfReport = (report: object): PrivacyPlanOptions =>
  Object.fromEntries(
    Object.entries(report).filter(([name]) => !Object.hasOwn(REPORT, name)),
  ) as unknown as PrivacyPlanOptions;
