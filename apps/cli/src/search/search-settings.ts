import { cliError } from '../errors.ts';

/** Values of options by their names without dashes, such as `{ 'learning-rate': '2' }`. */
export type Settings = Readonly<Record<string, string>>;

const MOST = 1000;

/**
 * Every combination of what is to be tried: of `--try NAME=A,B,C`, and of a file's names and lists, or of each entry of a file
 * that is a list of such.
 *
 * @throws `cli.badOption`, `cli.badFile`
 */
export function searchSettings(tries: readonly string[], file: unknown, place: string): Settings[] {
  const tried = Object.fromEntries(tries.map(namedValues));
  const spaces =
    file === undefined ? [{}] : (Array.isArray(file) ? file : [file]).map((entry) => spaceOf(entry, place));
  const all = spaces.flatMap((space) => combinations({ ...space, ...tried }));
  if (all.length >= 1 && all.length <= MOST) return all;
  throw cliError({
    code: 'cli.badOption',
    message: `A search tries from 1 to ${MOST} settings, not ${all.length}.`,
    place: file === undefined ? '--try' : place,
    hint: 'Each value more multiplies the settings; runs are spread over all of them.',
  });
}

function namedValues(text: string): [string, string[]] {
  const [, name, values] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && values !== undefined) return [name, values.split(',')];
  throw cliError({
    code: 'cli.badOption',
    message: `"${text}" says nothing to try.`,
    place: '--try',
    hint: 'Name an option of the training and its values, such as --try learning-rate=0.5,1,2.',
  });
}

function spaceOf(entry: unknown, place: string): Record<string, string[]> {
  const isScalar = (value: unknown) => typeof value === 'string' || typeof value === 'number';
  const fields = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? Object.entries(entry) : [];
  const lists = fields.map(([name, value]) => [name, Array.isArray(value) ? (value as unknown[]) : [value]] as const);
  if (lists.length > 0 && lists.every(([, values]) => values.length > 0 && values.every(isScalar)))
    return Object.fromEntries(lists.map(([name, values]) => [name, values.map(String)]));
  throw cliError({
    code: 'cli.badFile',
    message: 'The file names no settings to try.',
    place,
    hint: 'Names of options and values or lists of them, such as {"learning-rate": [0.5, 1], "clip-norm": 0.3}, or a list of such.',
  });
}

/** One value of each name, in all ways. */
function combinations(space: Readonly<Record<string, readonly string[]>>): Settings[] {
  return Object.entries(space).reduce<Settings[]>(
    (all, [name, values]) => all.flatMap((settings) => values.map((value) => ({ ...settings, [name]: value }))),
    [{}],
  );
}

export const settingsText = (settings: Settings): string => {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return words.length === 0 ? 'the settings as given' : words.join(', ');
};
