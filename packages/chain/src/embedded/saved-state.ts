import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { chainError } from '../errors.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** The state of an embedded chain on disk: anvil's JSON, and the number of its newest block. */
export interface SavedState {
  json: Uint8Array;
  block: number;
}

export interface StateFiles {
  /** What is loaded at the next start: gzipped, replaced atomically. */
  saved: string;
  /** What anvil itself leaves when it is told to end. anvil writes it in place, so it counts only if it reads whole. */
  exit: string;
  /** The unpacked state while anvil loads it. */
  loading: string;
}

export function stateFilesOf(dir: string): StateFiles {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return {
    saved: join(dir, 'state.json.gz'),
    exit: join(dir, 'exit-state.json'),
    loading: join(dir, 'loading-state.json'),
  };
}

/** Replaces the saved state by a gzipped dump. */
export function writeSavedState(files: StateFiles, gzipped: Uint8Array): void {
  writeFileAtomically(files.saved, gzipped);
}

/**
 * The newest whole state in the folder, or `undefined` for a folder without one. A dump that anvil left when it ended
 * takes the place of the saved state if it is whole and not older; it is removed either way.
 *
 * @throws `chain.stateUnreadable` when there is a saved state and it is damaged
 */
export async function readSavedState(files: StateFiles): Promise<SavedState | undefined> {
  const saved = existsSync(files.saved) ? unpack(files.saved) : undefined;
  const exit = existsSync(files.exit) ? parse(readFileSync(files.exit)) : undefined;
  if (saved === 'damaged' && exit === undefined) {
    throw chainError({
      code: 'chain.stateUnreadable',
      message: 'The saved state of the embedded chain is damaged.',
      place: files.saved,
      hint: 'Restore the file from a backup, or move the folder away to begin a new chain.',
    });
  }
  const newest = exit !== undefined && (saved === undefined || saved === 'damaged' || exit.block >= saved.block);
  if (newest) writeSavedState(files, await promisify(gzip)(exit.json, { level: 1 }));
  rmSync(files.exit, { force: true });
  return newest ? exit : saved === 'damaged' ? undefined : saved;
}

function unpack(file: string): SavedState | 'damaged' {
  try {
    return parse(gunzipSync(readFileSync(file))) ?? 'damaged';
  } catch {
    return 'damaged';
  }
}

function parse(json: Uint8Array): SavedState | undefined {
  try {
    const { best_block_number: best } = JSON.parse(Buffer.from(json).toString('utf8')) as {
      best_block_number?: unknown;
    };
    return typeof best === 'number' ? { json, block: best } : undefined;
  } catch {
    return undefined;
  }
}
