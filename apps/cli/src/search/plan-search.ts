import type { DatasetSchema, TrainingJob } from '@encryptech/learning';
import { calibrateSearch, type Search } from '@encryptech/privacy';
import { chooseTraining } from '@encryptech/sdk';
import { cliError } from '../errors.ts';
import { numberOption, wholeNumberOption } from '../number-option.ts';
import { searchRuns, type SearchOptions } from './search-options.ts';
import type { Settings } from './search-settings.ts';
import { settingsChoices } from './settings-choices.ts';

/** Something that a search may try. */
export interface Candidate {
  /** As the user named it; undefined where there is one only. */
  model: string | undefined;
  settings: Settings;
  job: TrainingJob;
}

/** A search as it will be run: everything about it but the rows. */
export interface PlannedSearch {
  search: Search;
  candidates: Candidate[];
  /** How scores by held-out units come about; undefined where rows of one's own are scored on. */
  heldOut: { share: number; noiseMultiplier: number; expectedUnits: number } | undefined;
}

/**
 * The search that the options describe: each model with each of the settings, and the noise that all of it needs together.
 *
 * @throws `cli.badOption`, `sdk.badOption`, `sdk.modelMismatch`, `onnx.…`, `privacy.…`
 */
export function planSearch(
  models: readonly { name: string; graph: Uint8Array }[],
  settings: readonly Settings[],
  schema: DatasetSchema,
  options: SearchOptions,
): PlannedSearch {
  const epsilon = numberOption('--epsilon', options.epsilon);
  const nominal = wholeNumberOption('--nominal-rows', options.nominalRows);
  const share = options.scoreData === undefined ? shareOption(options.holdOut) : 0;
  const facts = {
    ...({ schema, rows: nominal * (1 - share), unit: schema.unit === undefined ? 'row' : 'unit' } as const),
    adjacency: options.adjacency,
    deltaExponent: wholeNumberOption('--delta-exponent', options.deltaExponent),
  };
  const chosen = models.flatMap(({ name, graph }) =>
    settings.map((each) => ({
      ...{ model: models.length === 1 ? undefined : name, settings: each },
      training: chooseTraining(graph, facts, settingsChoices(each, options)),
    })),
  );
  const search = calibrateSearch({
    plans: chosen.map(({ training }) => training.plan),
    runs: searchRuns(options, chosen.length),
    epsilon,
    isScored: share > 0,
  });
  const candidates = chosen.map(({ model, settings: each, training: { model: _facts, plan: _plan, ...job } }, i) => ({
    ...{ model, settings: each },
    job: { ...job, plan: search.plans[i]! },
  }));
  const { scoreNoise } = search;
  return {
    ...{ search, candidates },
    heldOut:
      scoreNoise === undefined ? undefined : { share, noiseMultiplier: scoreNoise, expectedUnits: share * nominal },
  };
}

function shareOption(text: string): number {
  const share = numberOption('--hold-out', text);
  if (share > 0 && share <= 0.9) return share;
  throw cliError({
    code: 'cli.badOption',
    message: `"${text}" is no share to hold out.`,
    place: '--hold-out',
    hint: 'Above 0 and at most 0.9, such as 0.2; or score on rows of your own with --score-data.',
  });
}
