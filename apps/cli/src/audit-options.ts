import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { DatasetSchema, Table, TrainingJob } from '@encryptech/learning';
import { createPlan, type Adjacency, type PrivacyPlanOptions } from '@encryptech/privacy';
import { chooseTraining } from '@encryptech/sdk';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';
import { addOwnRows, type OwnRowsOptions } from './own-rows.ts';
import { planOfReport } from './plan-options.ts';
import { readJsonInput } from './read-input.ts';
import type { Terminal } from './terminal.ts';
import { addTrainingOptions, trainingChoicesOf, type TrainingOptions } from './training-options.ts';

/** Options of the audited training. */
export interface AuditOptions extends OwnRowsOptions, TrainingOptions, Record<string, unknown> {
  plan?: string;
  epsilon?: string;
  noiseMultiplier?: string;
  deltaExponent: string;
  adjacency: Adjacency;
  attack: 'gradient' | 'loss';
  canaries?: string;
  confidence: string;
}

export const addAuditOptions = (command: Command): Command =>
  addTrainingOptions(
    addOwnRows(command)
      .addOption(
        new Option(
          '--attack <name>',
          'gradient: made-up canaries, read from the weights; loss: real rows, half held out',
        )
          .choices(['gradient', 'loss'])
          .default('gradient'),
      )
      .option('--canaries <count>', 'examples settled by a coin each; 2000, or half of your units by losses')
      .option('--confidence <share>', 'how sure each finding is', '0.95')
      .option(
        '--plan <file>',
        'the privacy plan in JSON, as "privacy plan --json" prints it, in place of its numbers below',
      )
      .option('--epsilon <number>', 'privacy loss that the training claims; 3 if no noise is given either')
      .option('--noise-multiplier <number>', 'noise over clip norm, in place of --epsilon')
      .option('--delta-exponent <k>', 'the k of delta = 10^−k', '5')
      .addOption(
        new Option('--adjacency <kind>', 'what neighbouring datasets are')
          .choices(['add-or-remove-one', 'replace-one'])
          .default('add-or-remove-one'),
      ),
  );

/**
 * The job that the options describe on this table; the attack by gradients trains it by plain steps, and all of its parameters.
 *
 * @throws `cli.badOption`, `cli.badFile`, `sdk.…`, `onnx.…`, `privacy.…`
 */
export async function auditJobOf(
  terminal: Terminal,
  options: AuditOptions,
  graph: Uint8Array,
  schema: DatasetSchema,
  table: Table,
): Promise<TrainingJob> {
  const { epsilon, noiseMultiplier, adjacency } = options;
  const given =
    options.plan === undefined ? undefined : createPlan(await readPlan(resolve(terminal.cwd, options.plan)));
  const rows = table.units.length;
  const facts = {
    ...{ schema, rows, unit: table.unit, adjacency },
    deltaExponent: wholeNumberOption('--delta-exponent', options.deltaExponent),
  };
  const choices = trainingChoicesOf(options);
  const chosen = chooseTraining(graph, facts, given === undefined ? choices : { ...choices, steps: given.steps });
  const { model: _facts, plan: unpriced, ...training } = chosen;
  const plan =
    given ??
    createPlan({
      ...unpriced,
      ...(epsilon === undefined && noiseMultiplier !== undefined
        ? {}
        : { epsilon: epsilon === undefined ? 3 : numberOption('--epsilon', epsilon) }),
      ...(noiseMultiplier === undefined
        ? {}
        : { noiseMultiplier: numberOption('--noise-multiplier', noiseMultiplier) }),
    });
  return { ...training, plan: plan.toJSON(), expectedBatch: plan.samplingRate * rows };
}

/** A plan's JSON; what `privacy plan --json` says beside it is left out. */
async function readPlan(path: string): Promise<PrivacyPlanOptions> {
  const json = await readJsonInput(path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw cliError({
      code: 'cli.badFile',
      message: 'The file holds no privacy plan.',
      place: path,
      hint: 'Make one with: encryptech privacy plan … --json',
    });
  }
  return planOfReport(json);
}
