import type { Averaging, Sgd } from '@encryptech/learning';
import type { TrainingSpec } from '@encryptech/protocol';
import { sdkError } from '../errors.ts';

/** What a developer may choose about the optimiser. */
export interface OptimiserChoices {
  optimiser?: 'sgd' | 'adam' | 'adamw' | undefined;
  learningRate?: number | undefined;
  /** For `sgd`. */
  momentum?: number | undefined;
  /** For `adam` and `adamw`: 0.9 and 0.99 if left out. */
  beta1?: number | undefined;
  beta2?: number | undefined;
  /** For `adamw`: 0.01 if left out. */
  weightDecay?: number | undefined;
  schedule?: 'constant' | 'linear' | 'cosine' | undefined;
  warmupSteps?: number | undefined;
  averaging?: Averaging | undefined;
}

/** Adam moves every weight by about its rate a step, whatever the gradients' size: one rate fits models of most sizes. */
const ADAM_RATE = 0.02;
/** A tenth of the noise's variance: the least that is left of a second moment. */
const FLOOR = 0.1;

/**
 * The optimiser of a spec: what was chosen, and what is known to be good for the rest.
 *
 * @throws `sdk.badOption` for a choice that the optimiser doesn't have, with it in `place`
 */
export function optimiserOf(choices: OptimiserChoices, defaults: Sgd, steps: number): TrainingSpec['optimiser'] {
  const kind = choices.optimiser ?? 'sgd';
  const foreign: (keyof OptimiserChoices)[] =
    kind === 'sgd' ? ['beta1', 'beta2', 'weightDecay'] : kind === 'adam' ? ['momentum', 'weightDecay'] : ['momentum'];
  const wrong = foreign.find((choice) => choices[choice] !== undefined);
  if (wrong !== undefined) {
    throw sdkError({
      code: 'sdk.badOption',
      message: `The optimiser "${kind}" has no ${wrong}.`,
      place: wrong,
      hint: `Leave it out, or choose ${wrong === 'momentum' ? 'sgd' : wrong === 'weightDecay' ? 'adamw' : 'adam or adamw'}.`,
    });
  }
  const stepSizes = {
    averaging: choices.averaging ?? ({ kind: 'tail', fromStep: Math.floor(steps / 2) } as const),
    ...(choices.schedule === undefined ? {} : { schedule: choices.schedule }),
    ...(choices.warmupSteps === undefined ? {} : { warmupSteps: choices.warmupSteps }),
  };
  if (kind === 'sgd') {
    const { learningRate = defaults.learningRate, momentum = defaults.momentum } = choices;
    return { kind, learningRate, momentum, ...stepSizes };
  }
  const { learningRate = ADAM_RATE, beta1 = 0.9, beta2 = 0.99, weightDecay = 0.01 } = choices;
  const adam = { learningRate, beta1, beta2, floor: FLOOR, ...stepSizes };
  return kind === 'adam' ? { kind, ...adam } : { kind, ...adam, weightDecay };
}
