import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { learningError } from '../../errors.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { packRows } from '../rows/pack-rows.ts';
import { fileBuffer } from './file-buffer.ts';
import { idxRows } from './idx-rows.ts';
import { parquetRows } from './parquet-rows.ts';
import { pngFolderRows } from './png-folder-rows.ts';

/** Kinds of data that can be published. */
export type DatasetKind = 'csv' | 'parquet' | 'idx' | 'png-folder';

export interface PackDatasetOptions {
  /** The file of the labels, for IDX pictures. */
  labels?: string | undefined;
}

const MAX_BYTES = 2 ** 32 - 1;
const unzip = promisify(gunzip);

/**
 * The data at a path in the form in which it is encrypted: a CSV file as it is; anything else as packed rows. What is there is
 * seen from the first bytes, not from the name. Nothing is written to disk.
 *
 * Memory on this machine, the owner's, is that of the packed rows and, for IDX, of the file.
 *
 * @throws `learning.…` with file, row and column
 *
 * @example
 * const { bytes } = await packDataset('train-images-idx3-ubyte.gz', schema, { labels: 'train-labels-idx1-ubyte.gz' });
 */
export async function packDataset(
  path: string,
  schema: DatasetSchema,
  { labels }: PackDatasetOptions = {},
): Promise<{ kind: DatasetKind; bytes: Uint8Array }> {
  const kind = await kindOf(path);
  if (labels !== undefined && kind !== 'idx')
    throw unfit('Only IDX pictures have their labels in a file of their own.');
  switch (kind) {
    case 'csv':
      return { kind, bytes: new Uint8Array(await readFile(path)) };
    case 'png-folder':
      return { kind, bytes: await packRows(pngFolderRows(path, schema), schema) };
    case 'idx': {
      if (labels === undefined) throw unfit('IDX pictures need the file of their labels.', 'Name it with --labels.');
      const files = {
        images: await unpacked(path),
        labels: await unpacked(labels),
        names: { images: basename(path), labels: basename(labels) },
      };
      return { kind, bytes: await packRows(idxRows(files, schema), schema) };
    }
    case 'parquet': {
      const file = await open(path);
      try {
        const { size: byteLength } = await file.stat();
        return { kind, bytes: await packRows(parquetRows(fileBuffer(file, byteLength), schema), schema) };
      } finally {
        await file.close();
      }
    }
  }
}

async function kindOf(path: string): Promise<DatasetKind> {
  if ((await stat(path)).isDirectory()) return 'png-folder';
  const file = await open(path);
  try {
    const start = new Uint8Array(4);
    await file.read(start, 0, 4, 0);
    if (String.fromCharCode(...start) === 'PAR1') return 'parquet';
    const isGzip = start[0] === 0x1f && start[1] === 0x8b;
    return isGzip || (start[0] === 0 && start[1] === 0) ? 'idx' : 'csv';
  } finally {
    await file.close();
  }
}

async function unpacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: MAX_BYTES });
  } catch {
    throw learningError({ code: 'learning.malformedIdx', message: 'The gzip file is damaged.', place: basename(path) });
  }
}

const unfit = (message: string, hint?: string) => learningError({ code: 'learning.unfitSource', message, hint });
