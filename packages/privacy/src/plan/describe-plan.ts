import { clippingNoise } from './clipping-noise.ts';
import { planMechanism } from './plan-mechanism.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';

/** The plan in full English sentences, one a line. */
export function describePlan(plan: PrivacyPlanJson): string {
  const { unit, adjacency, epsilon, deltaExponent, accountant } = plan;
  const one = unit === 'row' ? 'row' : 'unit (all rows of one value of the unit column)';
  const change = adjacency === 'replace-one' ? `Exchanging one ${one} for any other` : `Adding or removing one ${one}`;
  const factor = epsilon < 10 ? ` = ${Math.exp(epsilon).toPrecision(3)}` : '';
  const accounted =
    accountant === 'pld'
      ? 'by its privacy-loss distribution'
      : 'by Rényi divergences, which overstates it by some percent';
  const sentences = [
    `${change} changes the probability of any outcome by a factor of at most e^${number(epsilon)}${factor}, except with probability 1e-${deltaExponent}.`,
    `That is epsilon ${number(epsilon)} at delta 1e-${deltaExponent} under ${adjacency}, accounted ${accounted}.`,
    ...batchSentences(plan),
    ...clippingSentences(plan),
    ...(adjacency === 'replace-one'
      ? []
      : [`The number of ${unit}s is protected too and must not be published exactly.`]),
    'Trying several settings on the same data is not counted here: each try costs again.',
    ...(epsilon > 10 ? ['An epsilon above 10 is a weak promise: take it as a measure, not as protection.'] : []),
  ];
  return sentences.join('\n');
}

function batchSentences(plan: PrivacyPlanJson): string[] {
  const { unit, steps, samplingRate, correlation } = plan;
  const chosen = unit === 'row' ? '' : ' A unit that takes part gives one of its rows, each with the same chance.';
  const empty = 'A step in which nobody takes part is a step of noise like any other.';
  if (correlation === undefined) {
    return [
      `There are ${steps} steps; in each, every ${unit} takes part with probability ${number(samplingRate)}, independently of all others.${chosen}`,
      empty,
    ];
  }
  const { bands } = correlation;
  const equal = planMechanism(plan);
  const spread = `The noise of a step is correlated with that of the ${bands - 1} steps before and cancels in part; all of it costs as ${equal.steps} steps of DP-SGD at rate ${number(equal.q)}.`;
  if (correlation.order === 'passes') {
    return [
      `There are ${steps} steps in ${correlation.passes} passes over the ${unit}s as they come: each takes part once a pass, in the same place.${chosen}`,
      spread,
    ];
  }
  return [
    `There are ${steps} steps; the ${unit}s are dealt into ${bands} groups by chance, each step takes one group in turn, and every ${unit} of it with probability ${number(bands * samplingRate)}, independently of all others.${chosen}`,
    empty,
    spread,
  ];
}

function clippingSentences(plan: PrivacyPlanJson): string[] {
  const { clipping, clipNorm, unit } = plan;
  const noise = clippingNoise(plan);
  const noised = `the sum gets discrete Gaussian noise of standard deviation ${number(noise.gradient)} times that`;
  switch (clipping?.kind) {
    case undefined:
    case 'flat':
      return [`The gradient of one ${unit} is clipped to norm ${number(clipNorm)}, and ${noised}.`];
    case 'automatic':
      return [`The gradient of one ${unit} is scaled to norm ${number(clipNorm)} whatever it was, and ${noised}.`];
    case 'per-layer':
      return [
        `The gradient of one ${unit} is clipped layer by layer, to norm ${number(clipNorm)} all together, and ${noised}.`,
      ];
    case 'adaptive':
      return [
        `The gradient of one ${unit} is clipped to norm ${number(clipNorm)} in the first step, and ${noised}.`,
        `The norm then follows the ${number(clipping.quantile)} quantile of the gradients’ norms, by a count in each step that gets discrete Gaussian noise of standard deviation ${number(noise.count! / 2)} (a ${unit} changes it by one).`,
        `Sum and count together are what is accounted, as one query of noise multiplier ${number(plan.noiseMultiplier)}.`,
      ];
  }
}

const number = (value: number): string => String(Number(value.toPrecision(4)));
