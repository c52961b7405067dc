import { readFile, readdir } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { learningError } from '../../errors.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { matchNames } from '../match-header.ts';
import { readRecords } from '../read-records.ts';
import type { Row } from '../rows/row.ts';
import { rowValue } from '../rows/row-value.ts';

const LABELS = 'labels.csv';
const MAX_LABELS_BYTES = 2 ** 30;

/**
 * Rows of a folder of PNG files, one picture in memory at a time: either a folder for each class, named as in the schema, or a
 * file `labels.csv` whose column `file` names the pictures and whose other columns are those of the schema (target, numbers,
 * unit). Files whose names begin with a point are passed over.
 *
 * @throws `learning.unfitSource`, `learning.unknownLabel` and `learning.malformedPng` at the file, and for `labels.csv` what
 * reading CSV throws
 */
export async function* pngFolderRows(folder: string, schema: DatasetSchema): AsyncGenerator<Row> {
  const images = schema.columns.filter((column) => column.type === 'image');
  if (images.length !== 1) {
    throw unfit(`A folder of pictures has one picture a row; the schema declares ${images.length}.`);
  }
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  yield* names.includes(LABELS) ? labelledRows(folder, schema) : classFolderRows(folder, names, schema);
}

async function* classFolderRows(folder: string, names: string[], schema: DatasetSchema): AsyncGenerator<Row> {
  const { columns, target, unit } = schema;
  const label = columns.find((column) => column.name === target.column)!;
  if (columns.length !== 2 || label.type !== 'category' || unit !== undefined) {
    throw unfit(
      'Folders named by class give a picture and a class a row; the schema declares more.',
      `Put a file ${LABELS} into the folder, with the columns file, ${columns.map(({ name }) => name).join(', ')} without the picture.`,
    );
  }
  const readers = columns.map((column) => rowValue(column, { isTarget: column === label }));
  for (const name of names) {
    const files = (await readdir(join(folder, name)).catch(() => [] as string[])).filter(
      (file) => !file.startsWith('.'),
    );
    for (const file of files.sort()) {
      const path = join(name, file);
      const cells = columns.map((column) => (column.type === 'image' ? readPicture(folder, path) : name));
      yield { values: await valuesOf(readers, cells, path) };
    }
  }
}

async function* labelledRows(folder: string, schema: DatasetSchema): AsyncGenerator<Row> {
  const { columns, target, unit } = schema;
  const readers = columns.map((column) => rowValue(column, { isTarget: column.name === target.column }));
  const wanted = [
    'file',
    ...columns.filter((column) => column.type !== 'image').map((column) => column.name),
    ...(unit === undefined ? [] : [unit]),
  ];
  let places: number[] | undefined;
  for await (const { cells, line } of readRecords([await readFile(join(folder, LABELS))], MAX_LABELS_BYTES)) {
    if (places === undefined) {
      places = matchNames(cells, wanted, line);
      continue;
    }
    const at = `${LABELS}, line ${line}`;
    if (cells.length !== wanted.length) {
      throw learningError({
        code: 'learning.raggedRow',
        message: `The row has ${cells.length} cells where the header has ${wanted.length}.`,
        place: at,
      });
    }
    const byName = new Map(wanted.map((name, i) => [name, cells[places![i]!]!]));
    const path = normalize(byName.get('file')!);
    if (isAbsolute(path) || path.split(sep).includes('..')) {
      throw unfit('A picture must be a file of the folder.', undefined, at);
    }
    const values = columns.map((column) =>
      column.type === 'image' ? readPicture(folder, path) : byName.get(column.name),
    );
    yield {
      values: await valuesOf(readers, values, `${at}, file ${path}`),
      ...(unit === undefined ? {} : { unit: byName.get(unit)! }),
    };
  }
}

async function valuesOf(
  readers: ReturnType<typeof rowValue>[],
  cells: unknown[],
  place: string,
): Promise<Row['values']> {
  const known = await Promise.all(cells);
  return readers.map((read, i) => read(known[i], () => place));
}

async function readPicture(folder: string, path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(join(folder, path)));
  } catch (cause) {
    throw learningError({ code: 'learning.unfitSource', message: 'The picture can not be read.', place: path, cause });
  }
}

const unfit = (message: string, hint?: string, place?: string) =>
  learningError({ code: 'learning.unfitSource', message, hint, place });
