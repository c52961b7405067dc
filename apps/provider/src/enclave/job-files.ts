import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, toHex, type Sha256 } from '@encryptech/base';
import type { Payload } from '@encryptech/protocol';
import { enclaveError } from './errors.ts';

/** The most that a graph or a checkpoint may take in memory. */
const MAX_PAYLOAD_BYTES = 1 << 28;

/** The files of one job folder, by plain name. What others put there is believed by its digest only. */
export interface JobFiles {
  /** The bytes of a payload, whichever way it comes. @throws `enclave.fileDigest`, `enclave.fileMissing` */
  read(payload: Payload): Promise<Uint8Array>;
  /** The digest and size of a file, read as a stream. @throws `enclave.fileMissing` */
  digest(name: string): Promise<{ digest: Sha256; size: number }>;
  /** A file as a stream. */
  stream(name: string): AsyncIterable<Uint8Array>;
  /** Writes and syncs a file and describes it. */
  write(name: string, bytes: Uint8Array): Promise<Payload>;
}

export function openJobFiles(folder: string): JobFiles {
  const at = (name: string) => join(folder, name);
  return {
    read: async (payload) => {
      if ('bytes' in payload) return payload.bytes;
      const { size } = await stat(at(payload.file)).catch(() => missing(payload.file));
      if (size > MAX_PAYLOAD_BYTES || size !== payload.size) throw wrongDigest(payload.file);
      const bytes = new Uint8Array(await readFile(at(payload.file)));
      if (digestOf(bytes) !== payload.digest) throw wrongDigest(payload.file);
      return bytes;
    },
    digest: async (name) => {
      const sum = createHash('sha256');
      let size = 0;
      try {
        for await (const chunk of createReadStream(at(name)) as AsyncIterable<Uint8Array>) {
          sum.update(chunk);
          size += chunk.length;
        }
      } catch {
        return missing(name);
      }
      return { digest: toHex(sum.digest()), size };
    },
    stream: (name) => createReadStream(at(name)),
    write: async (name, bytes) => {
      const file = await open(at(name), 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      return { file: name, digest: digestOf(bytes), size: bytes.length };
    },
  };
}

function missing(name: string): never {
  throw enclaveError({ code: 'enclave.fileMissing', message: 'A file of the job is not in its folder.', place: name });
}

const wrongDigest = (name: string) =>
  enclaveError({
    code: 'enclave.fileDigest',
    message: 'A file of the job is not the one that was announced.',
    place: name,
  });
