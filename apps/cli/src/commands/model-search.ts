import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { digestOf } from '@encryptech/base';
import { evaluate, parseSchema, tunePrivately, type Engine, type Score, type Table } from '@encryptech/learning';
import { deviceOption, engineOf, type DeviceOption } from '../device-option.ts';
import { cliError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { homeOf } from '../home/home.ts';
import { passphraseSource } from '../home/passphrase.ts';
import { leaf } from '../leaf.ts';
import { readOwnRows } from '../own-rows.ts';
import { readInput, readJsonInput } from '../read-input.ts';
import { refuseExisting } from '../refuse-existing.ts';
import { candidateText, describeSearch } from '../search/describe-search.ts';
import { planSearch, type PlannedSearch } from '../search/plan-search.ts';
import { addSearchOptions, type SearchOptions } from '../search/search-options.ts';
import { searchSettings } from '../search/search-settings.ts';
import { openSearchState } from '../search/search-state.ts';
import { showRuns } from '../search/show-runs.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech model search`: hyper-parameters by repeat-and-select on rows of one's own, charged as a whole. */
export function modelSearch(model: Command, terminal: Terminal): void {
  leaf<SearchOptions & DeviceOption>(terminal, model, {
    usage: 'search <models...>',
    description:
      'train on your own rows a secret random number of times, by settings drawn by chance, and write the best model: one epsilon for all of it',
    example:
      'encryptech model search model.onnx --data fixtures/wdbc/wdbc.csv --schema fixtures/wdbc/schema.json --nominal-rows 550 --try learning-rate=0.5,1,2 --try clip-norm=0.1,0.3 --epsilon 3',
    configure: (command) => void addSearchOptions(command).addOption(deviceOption()),
    run: async (files, options) => {
      const pathOf = (file: string) => resolve(terminal.cwd, file);
      const out = pathOf(options.out);
      if (options.dryRun !== true) await refuseExisting(out, options.force);
      refuseSameRows(pathOf(options.data), options.scoreData === undefined ? undefined : pathOf(options.scoreData));
      const models = await Promise.all(
        files.map(async (file) => ({ name: basename(file), graph: await readInput(pathOf(file)) })),
      );
      const { settings } = options;
      const file = settings === undefined ? undefined : await readJsonInput(pathOf(settings));
      const tried = searchSettings(options.try, file, settings ?? '');
      const planned = planSearch(models, tried, parseSchema(await readJsonInput(pathOf(options.schema))), options);
      const described = describeSearch(planned, options.scoreData);
      if (options.dryRun === true)
        return { json: { ...searchJson(planned), dryRun: true }, text: `${described}\nNothing was trained.` };
      terminal.err(`${described}\n`);
      // Hours later would be late to find that there is no such folder.
      await mkdir(dirname(out), { recursive: true });

      const { table } = await readOwnRows(terminal, options);
      const engine = engineOf(options);
      const score = await scoreOf(terminal, planned, options, engine);
      const source = await passphraseSource(terminal, homeOf(terminal, undefined), 'model-search');
      const state = await openSearchState(options.state === undefined ? undefined : pathOf(options.state), source);
      const { candidates, search } = planned;
      const shown = showRuns(terminal, candidates);
      const goesOn = () => {
        if (options.state !== undefined) terminal.err(`\nThe same command goes on from ${options.state}.\n`);
      };
      terminal.signal.addEventListener('abort', goesOn, { once: true });
      const found = await tunePrivately({
        ...{ table, engine, score, runs: search.runs, root: state.root, signal: terminal.signal },
        candidates: candidates.map(({ job }) => job),
        resumeFrom: state.checkpoint,
        onCheckpoint: options.state === undefined ? undefined : state.keep,
        onProgress: shown.update,
      });
      shown.finish();
      terminal.signal.removeEventListener('abort', goesOn);
      if (found.model !== null) await writeFile(out, found.model);
      await state.remove();
      return outcomeOf(found, planned, out);
    },
  });
}

/** A score on the rows that were trained on says more of them than the search pays for. */
function refuseSameRows(data: string, scoreData: string | undefined): void {
  if (data !== scoreData) return;
  throw cliError({
    code: 'cli.badOption',
    message: 'These are the rows that are trained on: a score on them is not paid for.',
    place: '--score-data',
    hint: 'Leave it out, and a part of the rows is held out for scores, with noise.',
  });
}

/** How models are compared: by held-out units, as planned, or on the rows of `--score-data`. */
async function scoreOf(
  terminal: Terminal,
  { heldOut }: PlannedSearch,
  { scoreData, scoreLabels, schema }: SearchOptions,
  engine: Engine,
): Promise<Score> {
  if (heldOut !== undefined) return heldOut;
  const { table } = await readOwnRows(terminal, {
    ...{ data: scoreData!, schema },
    ...(scoreLabels === undefined ? {} : { labels: scoreLabels }),
  });
  return (model) => qualityOn(table, model, engine);
}

async function qualityOn(table: Table, model: Uint8Array, engine: Engine): Promise<number> {
  const found = await evaluate(model, table, engine);
  return found.task === 'classification' ? found.accuracy : -found.rmse;
}

const searchJson = ({ search, candidates, heldOut }: PlannedSearch) => ({
  ...{ epsilon: search.epsilon, delta: search.delta, adjacency: search.adjacency, unit: search.plans[0]!.unit },
  charge: { rdpLow: search.charge.rdpLow.toString(), rdpHigh: search.charge.rdpHigh.toString() },
  runs: { ...search.runs },
  heldOut: heldOut === undefined ? null : { ...heldOut },
  candidates: candidates.map(({ model, settings, job }) => ({
    ...(model === undefined ? {} : { model }),
    settings: { ...settings },
    plan: { ...job.plan } as never,
  })),
});

/** What may leave: nothing of how many runs there were. */
function outcomeOf(found: Awaited<ReturnType<typeof tunePrivately>>, planned: PlannedSearch, out: string) {
  const { search, candidates, heldOut } = planned;
  const price = `epsilon ${search.epsilon.toFixed(4)} at delta ${search.delta} (${search.adjacency}), for all of the search`;
  if (found.model === null || found.score === null) {
    return {
      json: { ...searchJson(planned), file: null, digest: null, found: null, score: null },
      text: `Chance had it that nothing was tried, so there is no model.\n  spent     ${price}`,
      exitCode: EXIT.refused,
    };
  }
  const best = candidates[found.candidate!]!;
  const digest = digestOf(found.model);
  const scored = heldOut === undefined ? 'on the rows of --score-data' : 'on held-out units, with noise';
  return {
    json: {
      ...searchJson(planned),
      ...{ file: out, digest, score: found.score },
      found: { ...(best.model === undefined ? {} : { model: best.model }), settings: { ...best.settings } },
    },
    text: [
      `${out}: the best model that was found, digest ${digest}`,
      `  settings  ${candidateText(best)}`,
      `  score     ${found.score.toFixed(4)} ${scored}`,
      `  spent     ${price}`,
    ].join('\n'),
  };
}
