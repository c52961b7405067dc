import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces the file by new contents so that a reader, or a crash at any point, finds the old or the new contents whole:
 * written beside it, flushed to the disk, renamed over it.
 */
export function writeFileAtomically(file: string, contents: string | Uint8Array, mode = 0o600): void {
  const draft = `${file}.${process.pid}.draft`;
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  try {
    const handle = openSync(draft, 'w', mode);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  flushFolder(dirname(file));
}

function flushFolder(folder: string): void {
  // Windows has no handles on folders; its rename is durable enough for a development chain.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
