import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { MECHANISMS, type Accountant, type Adjacency, type MechanismSteps } from '@encryptech/privacy';
import { cliError } from './errors.ts';
import { numberOption, wholeNumberOption } from './number-option.ts';
import type { Terminal } from './terminal.ts';

/** Options that the commands of `privacy` share. */
export interface PrivacyOptions extends Record<string, unknown> {
  mechanism: (typeof MECHANISMS)[number];
  sigma?: string;
  q?: string;
  scale?: string;
  localEpsilon?: string;
  categories: string;
  steps?: string;
  composition?: string;
  adjacency: Adjacency;
  accountant: Accountant;
}

/** What is accounted, and under which relation and accountant. */
export interface PrivacyRun {
  parts: MechanismSteps[];
  adjacency: Adjacency;
  accountant: Accountant;
}

export const addAccounting = (command: Command): Command =>
  command
    .option('--adjacency <kind>', 'add-or-remove-one or replace-one', 'add-or-remove-one')
    .option('--accountant <name>', 'pld or rdp', 'pld');

export const addMechanism = (command: Command): Command =>
  addAccounting(
    command
      .addOption(
        new Option('--mechanism <name>', 'what is done to the data').choices(MECHANISMS).default('sampled-gaussian'),
      )
      .option('--sigma <number>', 'Gaussian: noise multiplier, standard deviation over clip norm')
      .option('--q <number>', 'sampled Gaussian: probability with which each privacy unit is drawn in a step')
      .option('--scale <number>', 'Laplace: scale of the noise over the bound of a contribution')
      .option('--local-epsilon <number>', 'randomised response: ln of the odds of the truth over any other answer')
      .option('--categories <count>', 'randomised response: number of answers', '2')
      .option('--steps <count>', 'number of steps')
      .option('--composition <file>', 'JSON list of mechanisms on the same data, in place of the options above'),
  );

const required = (flag: string, text: string | undefined): string => {
  if (text !== undefined) return text;
  throw cliError({
    code: 'cli.badOption',
    message: `${flag} is missing.`,
    place: flag,
    hint: 'Give it, or a list of mechanisms with --composition FILE.',
  });
};

/**
 * The run that the options describe.
 *
 * @throws `cli.badOption`, `cli.badFile`, `cli.fileMissing`
 */
export async function privacyRunOf(terminal: Terminal, options: PrivacyOptions): Promise<PrivacyRun> {
  const { adjacency, accountant, mechanism } = options;
  if (options.composition !== undefined)
    return { parts: await readComposition(resolve(terminal.cwd, options.composition)), adjacency, accountant };
  // A fraction of a step is refused by the accountant, which says why.
  const steps = numberOption('--steps', required('--steps', options.steps));
  const number = (flag: string, text: string | undefined): number => numberOption(flag, required(flag, text));
  const part = (): MechanismSteps => {
    switch (mechanism) {
      case 'sampled-gaussian':
        return { mechanism, sigma: number('--sigma', options.sigma), q: number('--q', options.q), steps };
      case 'gaussian':
        return { mechanism, sigma: number('--sigma', options.sigma), steps };
      case 'laplace':
        return { mechanism, scale: number('--scale', options.scale), steps };
      case 'randomised-response':
        return {
          ...{ mechanism, epsilon: number('--local-epsilon', options.localEpsilon), steps },
          categories: wholeNumberOption('--categories', options.categories),
        };
    }
  };
  return { parts: [part()], adjacency, accountant };
}

const FIELDS: Record<(typeof MECHANISMS)[number], readonly string[]> = {
  'sampled-gaussian': ['sigma', 'q', 'steps'],
  gaussian: ['sigma', 'steps'],
  laplace: ['scale', 'steps'],
  'randomised-response': ['epsilon', 'categories', 'steps'],
};

async function readComposition(path: string): Promise<MechanismSteps[]> {
  const refuse = (message: string): never => {
    throw cliError({
      ...{ code: 'cli.badFile', message, place: path },
      hint: 'A list such as [{"mechanism": "laplace", "scale": 1, "steps": 3}, {"mechanism": "gaussian", "sigma": 8, "steps": 1}].',
    });
  };
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw cliError({ code: 'cli.fileMissing', message: 'The composition can’t be read.', place: path, cause });
  });
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refuse('The composition is not JSON.');
  }
  if (!Array.isArray(list)) return refuse('The composition is not a list.');
  return list.map((entry: unknown, index) => {
    const part = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const fields = FIELDS[part['mechanism'] as (typeof MECHANISMS)[number]];
    if (fields === undefined) return refuse(`Entry ${index + 1} names none of ${MECHANISMS.join(', ')}.`);
    const wrong = [...Object.keys(part).filter((field) => field !== 'mechanism' && !fields.includes(field))];
    const missing = fields.filter((field) => typeof part[field] !== 'number');
    if (wrong.length > 0) return refuse(`Entry ${index + 1} has a field that its mechanism does not: ${wrong[0]}.`);
    if (missing.length > 0) return refuse(`Entry ${index + 1} needs a number "${missing[0]}".`);
    return part as unknown as MechanismSteps;
  });
}

/** The run in words. */
export const runText = ({ parts, adjacency, accountant }: PrivacyRun): string => {
  const words = parts.map((part) => {
    const { mechanism, steps, ...numbers } = part;
    const list = Object.entries(numbers).map(([name, value]) => `${name} ${String(value)}`);
    return `${steps} × ${mechanism} (${list.join(', ')})`;
  });
  return `${words.join(' + ')}; ${adjacency}, ${accountant.toUpperCase()}`;
};
