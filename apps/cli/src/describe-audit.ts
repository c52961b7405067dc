import type { TrainingAudit } from '@encryptech/learning';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** Rows of others that a false alarm in a thousand takes ten of. */
const ENOUGH_OTHERS = 10_000;

/** The findings of an audit in sentences, with what they can't show. */
export function describeAudit(
  found: TrainingAudit,
  { steps, samplingRate }: { steps: number; samplingRate: number },
): string {
  const { attack, canaries, membership, claimed, epsilon, gaussianEpsilon, guesses, correct, mostTruePositives } =
    found;
  const confidence = `${(100 * (1 - found.significance)).toFixed(found.significance < 0.01 ? 2 : 0)} %`;
  const { members, others, auc, truePositiveRate } = membership;
  const coins =
    attack === 'gradient'
      ? `${canaries} made-up examples, each in by a coin`
      : `${canaries} of your own units, each held out or not by a coin`;
  return [
    `${coins}; ${steps} steps; findings hold together with ${confidence} confidence.`,
    '',
    `  claimed      epsilon ${claimed.epsilon} at delta ${claimed.delta}: an upper bound, by proof`,
    `  found        epsilon is ${epsilon === 0 ? 'at least 0: nothing was shown' : `at least ${epsilon.toFixed(3)}`}: a lower bound, by experiment`,
    `  if Gaussian  at least ${gaussianEpsilon.toFixed(3)}${samplingRate === 1 ? ', and it is: every unit takes part in every step' : '; with sampled units an estimate'} (best of ${guesses} guesses: ${correct} right)`,
    `  membership   area under the curve ${auc.toFixed(3)} (0.5 is guessing); ${percent(truePositiveRate)} of ${members} members found at one false alarm in 1000; no attack can expect above ${percent(mostTruePositives)}`,
    ...(others < ENOUGH_OTHERS
      ? [`               with ${others} others a false alarm in 1000 can't be measured well: read that share as rough`]
      : []),
    '',
    found.verdict === 'refuted'
      ? `REFUTED: this training tells more than its plan allows. Do not release its models.`
      : `CONSISTENT: this attack found no more than the plan allows.`,
    '',
    'What an audit can show: that a promise is broken, with the stated confidence.',
    'What it can’t: that it is kept. A better attack, other rows or another model may find more; the proof is the plan’s.',
    attack === 'gradient'
      ? 'It trained your graph, widened by weights for the canaries, through the real sampler, clipping, noise and account, by plain steps that hide nothing.'
      : 'It trained your graph and options on your rows less those held out, and read losses only: it shows what an ordinary attacker sees, so expect little.',
    'The findings follow from your private rows and are charged to no budget: they are for you, not for release.',
  ].join('\n');
}
