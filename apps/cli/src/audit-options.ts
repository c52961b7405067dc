import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { defaultTraining, inputsOf, type DatasetSchema, type Table, type TrainingJob } from '@encryptech/learning';
import { createPlan, type Adjacency, type PrivacyPlanOptions } from '@encryptech/privacy';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';
import { addOwnRows, type OwnRowsOptions } from './own-rows.ts';
import { planOfReport } from './plan-options.ts';
import { readJsonInput } from './read-input.ts';
import type { Terminal } from './terminal.ts';

/** Options of the audited training. */
export interface AuditOptions extends OwnRowsOptions, Record<string, unknown> {
  plan?: string;
  epsilon?: string;
  noiseMultiplier?: string;
  deltaExponent: string;
  adjacency: Adjacency;
  samplingRate?: string;
  steps?: string;
  clipNorm?: string;
  learningRate?: string;
  momentum?: string;
  microBatch?: string;
  attack: 'gradient' | 'loss';
  canaries?: string;
  confidence: string;
}

export const addAuditOptions = (command: Command): Command =>
  addOwnRows(command)
    .option(
      '--plan <file>',
      'the privacy plan in JSON, as "privacy plan --json" prints it, in place of the options below',
    )
    .option('--epsilon <number>', 'privacy loss that the training claims; 3 if no noise is given either')
    .option('--noise-multiplier <number>', 'noise over clip norm, in place of --epsilon')
    .option('--delta-exponent <k>', 'the k of delta = 10^−k', '5')
    .addOption(
      new Option('--adjacency <kind>', 'what neighbouring datasets are')
        .choices(['add-or-remove-one', 'replace-one'])
        .default('add-or-remove-one'),
    )
    .option('--sampling-rate <number>', 'probability with which each unit is drawn in a step')
    .option('--steps <count>', 'training steps')
    .option('--clip-norm <number>', 'norm that each unit’s gradient is clipped to')
    .option('--learning-rate <number>', 'learning rate (of the attack by losses; gradients need none)')
    .option('--momentum <number>', 'momentum (of the attack by losses)')
    .option('--micro-batch <rows>', 'rows of one graph call; bounds memory')
    .addOption(
      new Option('--attack <name>', 'gradient: made-up canaries, read from the weights; loss: real rows, half held out')
        .choices(['gradient', 'loss'])
        .default('gradient'),
    )
    .option('--canaries <count>', 'examples settled by a coin each; 2000, or half of your units by losses')
    .option('--confidence <share>', 'how sure each finding is', '0.95');

/**
 * The job that the options describe on this table.
 *
 * @throws `cli.badOption`, `cli.badFile`, `privacy.…`
 */
export async function auditJobOf(
  terminal: Terminal,
  options: AuditOptions,
  graph: Uint8Array,
  schema: DatasetSchema,
  table: Table,
): Promise<TrainingJob> {
  const defaults = defaultTraining({ inputs: inputsOf(schema).inputs, rows: table.units.length });
  const plan = createPlan(
    options.plan === undefined
      ? planOptionsOf(options, defaults, table)
      : await readPlan(resolve(terminal.cwd, options.plan)),
  );
  const { averaging, ...optimiser } = defaults.optimiser;
  return {
    graph,
    loss: table.task === 'regression' ? 'mean-squared-error' : 'softmax-cross-entropy',
    optimiser: {
      ...optimiser,
      learningRate: chosen('--learning-rate', options.learningRate, defaults.optimiser.learningRate),
      momentum: chosen('--momentum', options.momentum, 'momentum' in optimiser ? optimiser.momentum : 0),
      averaging: averaging.kind === 'tail' ? { kind: 'tail', fromStep: Math.floor(plan.steps / 2) } : averaging,
    } as TrainingJob['optimiser'],
    plan: plan.toJSON(),
    expectedBatch: plan.samplingRate * table.units.length,
    microBatch:
      options.microBatch === undefined ? defaults.microBatch : wholeNumberOption('--micro-batch', options.microBatch),
    checkpointEvery: plan.steps,
  };
}

const chosen = (flag: string, text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : numberOption(flag, text);

function planOptionsOf(
  options: AuditOptions,
  defaults: { samplingRate: number; steps: number; clipNorm: number },
  table: Table,
): PrivacyPlanOptions {
  const { epsilon, noiseMultiplier } = options;
  return {
    adjacency: options.adjacency,
    unit: table.unit,
    clipNorm: chosen('--clip-norm', options.clipNorm, defaults.clipNorm),
    samplingRate: chosen('--sampling-rate', options.samplingRate, defaults.samplingRate),
    steps: options.steps === undefined ? defaults.steps : wholeNumberOption('--steps', options.steps),
    deltaExponent: wholeNumberOption('--delta-exponent', options.deltaExponent),
    ...(epsilon === undefined && noiseMultiplier !== undefined ? {} : { epsilon: chosen('--epsilon', epsilon, 3) }),
    ...(noiseMultiplier === undefined ? {} : { noiseMultiplier: numberOption('--noise-multiplier', noiseMultiplier) }),
  };
}

/** A plan's JSON; what `privacy plan --json` says beside it is left out. */
async function readPlan(path: string): Promise<PrivacyPlanOptions> {
  const json = await readJsonInput(path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw cliError({ code: 'cli.badFile', message: 'The file holds no privacy plan.', place: path });
  }
  return planOfReport(json);
}
