import type { Command } from 'commander';
import {
  calibrateSigma,
  compositionDelta,
  compositionEpsilon,
  epsilonOf,
  groupEpsilon,
  tunedEpsilon,
  type Accountant,
  type Adjacency,
} from '@encryptech/privacy';
import { compareAccounting, judgePublished, type Accounted } from '../compare-accounting.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { numberOption, wholeNumberOption } from '../number-option.ts';
import { addPlan, planOfOptions, reportOfPlan, type PlanOptions } from '../plan-options.ts';
import {
  addAccounting,
  addMechanism,
  privacyRunOf,
  runText,
  type PrivacyOptions,
  type PrivacyRun,
} from '../privacy-options.ts';
import { PUBLISHED_RUNS } from '../published-runs.ts';
import type { Terminal } from '../terminal.ts';
import { addTuning, runCountOf, tuningText, type TuningOptions } from '../tuning-options.ts';

/** The run's facts: flat for the one mechanism of training, a list else. */
const runJson = ({ parts, adjacency, accountant }: PrivacyRun) => {
  const [only] = parts;
  return parts.length === 1 && only!.mechanism === 'sampled-gaussian'
    ? { ...only!, adjacency, accountant, mechanism: 'poisson-subsampled-gaussian' }
    : { composition: parts.map((part) => ({ ...part })), adjacency, accountant };
};

const waysText = (ways: readonly Accounted[]): string =>
  ways
    .map(
      ({ way, epsilon, sound }) =>
        `  ${way.padEnd(52)} ${epsilon.toFixed(4).padStart(10)}${sound ? '' : '  no promise'}`,
    )
    .join('\n');

/** `encryptech privacy …`: the accountants, for anybody who plans a run or doubts a certificate. */
export function privacyCommands(program: Command, terminal: Terminal): void {
  const privacy = program.command('privacy').description('what a training run costs in differential privacy');

  leaf<PrivacyOptions & TuningOptions & { delta: string; group?: string }>(terminal, privacy, {
    usage: 'epsilon',
    description:
      'the epsilon of a run at a delta, for one unit or a group of them, or of a search that repeats such runs and releases the best',
    example: 'encryptech privacy epsilon --sigma 1.1 --q 0.004 --steps 15000 --delta 1e-5',
    configure: (command) =>
      void addTuning(
        addMechanism(command)
          .requiredOption('--delta <number>', 'delta, such as 1e-5')
          .option('--group <count>', 'for so many units together, such as all rows of one person'),
      ),
    run: async (_args, options) => {
      const delta = numberOption('--delta', options.delta);
      const run = await privacyRunOf(terminal, options);
      const runs = runCountOf(options);
      if (options.group !== undefined) return epsilonOfGroup(run, delta, { ...options, group: options.group });
      if (runs !== undefined) {
        const epsilon = tunedEpsilon({ candidates: [run.parts], adjacency: run.adjacency, runs, delta });
        const single = compositionEpsilon({ ...run, accountant: 'rdp', delta });
        return {
          json: {
            epsilon,
            delta,
            tuning: { ...runs },
            epsilonOfOneRun: single,
            ...runJson({ ...run, accountant: 'rdp' }),
          },
          text: `epsilon ${epsilon.toFixed(6)} at delta ${delta} for the best of a secret number of runs, ${runs.mean} on average (${tuningText(runs)}); one run costs ${single.toFixed(6)} (${runText({ ...run, accountant: 'rdp' })})`,
        };
      }
      const epsilon = compositionEpsilon({ ...run, delta });
      return {
        json: { epsilon, delta, ...runJson(run) },
        text: `epsilon ${epsilon.toFixed(6)} at delta ${delta} (${runText(run)})`,
      };
    },
  });

  leaf<PrivacyOptions & { epsilon: string }>(terminal, privacy, {
    usage: 'delta',
    description: 'the delta of a run at an epsilon',
    example: 'encryptech privacy delta --sigma 1.1 --q 0.004 --steps 15000 --epsilon 3',
    configure: (command) => void addMechanism(command).requiredOption('--epsilon <number>', 'epsilon, such as 3'),
    run: async (_args, options) => {
      const epsilon = numberOption('--epsilon', options.epsilon);
      const run = await privacyRunOf(terminal, options);
      const delta = compositionDelta({ ...run, epsilon });
      return {
        json: { delta, epsilon, ...runJson(run) },
        text: `delta ${delta.toPrecision(6)} at epsilon ${epsilon} (${runText(run)})`,
      };
    },
  });

  leaf<{ epsilon: string; delta: string; q: string; steps: string; adjacency: Adjacency; accountant: Accountant }>(
    terminal,
    privacy,
    {
      usage: 'calibrate',
      description: 'the least noise with which a run keeps to an epsilon',
      example: 'encryptech privacy calibrate --epsilon 3 --delta 1e-5 --q 0.04 --steps 1000',
      configure: (command) =>
        void addAccounting(command)
          .requiredOption('--epsilon <number>', 'epsilon that must not be passed')
          .requiredOption('--delta <number>', 'delta, such as 1e-5')
          .requiredOption('--q <number>', 'probability with which each privacy unit is drawn in a step')
          .requiredOption('--steps <count>', 'number of steps'),
      run: async (_args, options) => {
        const run = {
          q: numberOption('--q', options.q),
          steps: numberOption('--steps', options.steps),
          delta: numberOption('--delta', options.delta),
          ...{ adjacency: options.adjacency, accountant: options.accountant },
        };
        const epsilon = numberOption('--epsilon', options.epsilon);
        const sigma = calibrateSigma({ ...run, epsilon });
        const reached = epsilonOf({ ...run, sigma });
        return {
          json: { sigma, epsilon: reached, ...run },
          text: `sigma ${sigma.toPrecision(7)}: epsilon ${reached.toFixed(6)} at delta ${run.delta} (${run.steps} steps, q ${run.q}, ${run.adjacency}, ${run.accountant.toUpperCase()})`,
        };
      },
    },
  );

  leaf<PlanOptions>(terminal, privacy, {
    usage: 'plan',
    description: 'a whole plan, in sentences: what is promised, to whom, and with what noise',
    example: 'encryptech privacy plan --epsilon 3 --delta-exponent 5 --q 0.02 --epochs 30',
    configure: (command) => void addPlan(command),
    run: async (_args, options) => {
      const plan = planOfOptions(options);
      return { json: reportOfPlan(plan), text: plan.describe() };
    },
  });

  leaf<{ sigma?: string; q?: string; steps?: string; delta: string; published?: string }>(terminal, privacy, {
    usage: 'compare',
    description: 'what one run costs under other adjacency, sampling and accountant; which published numbers are stale',
    example: 'encryptech privacy compare --sigma 1.1 --q 0.004 --steps 15000 --published 2.91',
    configure: (command) =>
      void command
        .option('--sigma <number>', 'noise multiplier; with none of these three, well-known published runs are judged')
        .option('--q <number>', 'probability with which each privacy unit is drawn in a step')
        .option('--steps <count>', 'number of steps')
        .option('--delta <number>', 'delta', '1e-5')
        .option('--published <epsilon>', 'an epsilon that somebody printed for this run'),
    run: async (_args, { sigma, q, steps, delta, published }) => {
      const at = numberOption('--delta', delta);
      if (sigma === undefined && q === undefined && steps === undefined) {
        const judged = PUBLISHED_RUNS.map((run) => {
          const { sigma, q, steps, published } = run;
          const ways = compareAccounting({ sigma, q, steps, delta: 1e-5 });
          return { ...run, delta: 1e-5, epsilon: ways[0]!.epsilon, ...judgePublished(published, ways) };
        });
        const lines = judged.map(
          ({ source, published, verdict, words, sigma, steps }) =>
            `${source} (sigma ${sigma}, ${steps} steps): ${published} is ${verdict}: ${words}`,
        );
        return { json: judged, text: lines.join('\n') };
      }
      if (sigma === undefined || q === undefined || steps === undefined)
        throw cliError({
          ...{ code: 'cli.badOption', message: 'A run is --sigma, --q and --steps together.', place: '--sigma' },
          hint: 'Give all three, or none for well-known published runs.',
        });
      const run = {
        ...{ sigma: numberOption('--sigma', sigma), q: numberOption('--q', q) },
        ...{ steps: wholeNumberOption('--steps', steps), delta: at },
      };
      const ways = compareAccounting(run);
      const said = published === undefined ? undefined : numberOption('--published', published);
      const judged = said === undefined ? undefined : { published: said, ...judgePublished(said, ways) };
      return {
        json: { ...run, ways: ways.map((way) => ({ ...way })), ...(judged === undefined ? {} : { judged }) },
        text: [
          `epsilon at delta ${at} of ${run.steps} steps with q ${run.q}, sigma ${run.sigma}:`,
          waysText(ways),
          ...(judged === undefined ? [] : [`${judged.published} is ${judged.verdict}: ${judged.words}.`]),
        ].join('\n'),
      };
    },
  });
}

function epsilonOfGroup(
  { parts, adjacency, accountant }: PrivacyRun,
  delta: number,
  { group: text, tuning }: { group: string; tuning?: unknown },
) {
  const [only] = parts;
  if (
    parts.length !== 1 ||
    tuning !== undefined ||
    (only!.mechanism !== 'sampled-gaussian' && only!.mechanism !== 'gaussian')
  ) {
    throw cliError({
      code: 'cli.badOption',
      message: 'The epsilon of a group is known for one Gaussian run, not for a list of mechanisms or a search.',
      place: '--group',
    });
  }
  const group = wholeNumberOption('--group', text);
  const { sigma, steps } = only!;
  const run = { sigma, q: only!.mechanism === 'gaussian' ? 1 : only!.q, steps, adjacency, accountant };
  const epsilon = groupEpsilon({ ...run, group, delta });
  const epsilonOfOne = epsilonOf({ ...run, delta });
  return {
    json: { epsilon, delta, group, epsilonOfOne, ...run },
    text: `epsilon ${epsilon.toFixed(6)} at delta ${delta} for ${group} units together; for one it is ${epsilonOfOne.toFixed(6)} (${runText({ parts, adjacency, accountant })})`,
  };
}
