import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseSchema, readTable, type DatasetSchema, type Table } from '@encryptech/learning';
import { packDataset } from '@encryptech/learning/sources';
import { readJsonInput, readingData } from './read-input.ts';
import type { Terminal } from './terminal.ts';

/** Rows on this machine. */
export interface OwnRowsOptions {
  data: string;
  schema: string;
  labels?: string;
}

export const addOwnRows = (command: Command): Command =>
  command
    .requiredOption(
      '--data <file>',
      'your own rows: a CSV or Parquet file, IDX pictures with --labels, or a folder of PNG files',
    )
    .requiredOption('--schema <file>', 'their public schema (JSON)')
    .option('--labels <file>', 'IDX file of the labels, where the data are IDX pictures');

/**
 * The rows and their schema.
 *
 * @throws `cli.fileMissing`, `cli.badFile`, `learning.…` with file, row and column
 */
export async function readOwnRows(
  terminal: Terminal,
  { data, schema: schemaFile, labels }: OwnRowsOptions,
): Promise<{ schema: DatasetSchema; table: Table }> {
  const pathOf = (file: string) => resolve(terminal.cwd, file);
  const schema = parseSchema(await readJsonInput(pathOf(schemaFile)));
  const { bytes } = await readingData(data, () =>
    packDataset(pathOf(data), schema, { labels: labels === undefined ? undefined : pathOf(labels) }),
  );
  return { schema, table: await readTable(bytes, schema) };
}
