import { settingsText } from './search-settings.ts';
import type { Candidate, PlannedSearch } from './plan-search.ts';

const SHOWN = 12;

export const candidateText = ({ model, settings }: Pick<Candidate, 'model' | 'settings'>): string =>
  model === undefined ? settingsText(settings) : `${model}: ${settingsText(settings)}`;

const number = (value: number): string => String(Number(value.toPrecision(3)));

/** What a search does and what it costs, in sentences. */
export function describeSearch({ search, candidates, heldOut }: PlannedSearch, scoreFile: string | undefined): string {
  const { runs, epsilon, delta, adjacency, plans } = search;
  const [{ unit }] = plans as [(typeof plans)[0]];
  const single = Math.max(...plans.map((plan) => plan.epsilon));
  const examples = candidates.map(
    ({ job }) => job.expectedBatch * job.plan.steps * (job.augmentation?.copies ?? 1) * (runs.mean / candidates.length),
  );
  const total = examples.reduce((sum, each) => sum + each, 0);
  const lines = candidates.map((candidate) => {
    const { steps, samplingRate, noiseMultiplier } = candidate.job.plan;
    return `  ${candidateText(candidate)}: ${steps} steps at rate ${number(samplingRate)}, noise ${number(noiseMultiplier)} times the clip norm`;
  });
  return [
    `The search is over ${candidates.length} setting${candidates.length === 1 ? '' : 's'}:`,
    ...lines.slice(0, SHOWN),
    ...(lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : []),
    `It runs one of them, drawn by chance, again and again: a secret random number of times, ${number(runs.mean)} on average (${runs.kind === 'poisson' ? 'Poisson' : `negative binomial of shape ${runs.shape}`}). About ${Math.round(total).toLocaleString('en-US')} examples are computed in all.`,
    heldOut === undefined
      ? `Models are scored on ${scoreFile}, whose rows this search does not protect.`
      : `Each ${unit} is kept from all trainings with probability ${heldOut.share}, by a coin of its own, and models are scored on those alone: by a count with Gaussian noise of ${number(heldOut.noiseMultiplier / 2)}, about ${number((50 * heldOut.noiseMultiplier) / heldOut.expectedUnits)} points on ${number(heldOut.expectedUnits)} ${unit}s.`,
    `All of it together costs epsilon ${number(epsilon)} at delta ${delta} under ${adjacency}, whichever model, settings and score come out; one run alone would cost ${number(single)}.`,
    ...(runs.kind === 'poisson' && runs.mean < 16
      ? [`With probability ${Math.exp(-runs.mean).toPrecision(2)} nothing is tried at all, at the same price.`]
      : []),
    'Only the best model, its settings and its score may leave. How many runs there were and how long they took must not: keep them to yourself.',
    `Another search, or another training, on the same ${unit}s costs again.`,
  ].join('\n');
}
