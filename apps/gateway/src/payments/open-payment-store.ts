import { mkdir, open, readFile, rename, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Hex } from 'viem';
import { gatewayError } from '../errors.ts';
import type { PaymentRecord, PaymentStore } from './payment-store.ts';

/**
 * Payments in one file: each change is a line of JSON, flushed to the disk before `update` resolves; the last line of a
 * payment counts. A line that a crash cut short never took effect. One process at a time: the file of intents beside it
 * holds the lock.
 *
 * @throws `gateway.storeFailed` when a whole line is damaged
 */
export async function openPaymentStore(file: string): Promise<PaymentStore> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const records = new Map<Hex, PaymentRecord>();
  for (const record of await readRecords(file)) records.set(record.receiptId, record);
  const handle = await rewrite(file, [...records.values()]);
  let size = (await handle.stat()).size;
  let last: Promise<void> = Promise.resolve();

  const append = async (record: PaymentRecord): Promise<void> => {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      await handle.appendFile(line);
      await handle.sync();
    } catch (cause) {
      // Half a line (a full disk) would run into the next one.
      await truncate(file, size).catch(() => undefined);
      throw broken(file, 'It cannot be written.', cause);
    }
    size += line.length;
    records.set(record.receiptId, record);
  };

  return {
    find: (receiptId) => records.get(receiptId),
    list: (state) => [...records.values()].filter((record) => record.state === state),
    update: (receiptId, change) => {
      const done = last.then(async () => {
        const next = change(records.get(receiptId));
        if (next !== undefined) await append(next);
        return next;
      });
      last = done.then(
        () => undefined,
        () => undefined,
      );
      return done;
    },
    count: () => {
      const counts = { received: 0, credited: 0, refused: 0, held: 0, reversed: 0 };
      for (const { state, reversed } of records.values()) {
        counts[state]++;
        if (reversed !== undefined) counts.reversed++;
      }
      return counts;
    },
    close: async () => {
      await last;
      await handle.close();
    },
  };
}

async function readRecords(file: string): Promise<PaymentRecord[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw broken(file, 'It cannot be read.', cause);
  }
  const lines = text.split('\n');
  // What follows the last line break was cut short by a crash, before its `update` resolved.
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as PaymentRecord;
    } catch (cause) {
      throw broken(`${file}, line ${index + 1}`, 'It is damaged.', cause);
    }
  });
}

/** The file with one line a payment, whole or not at all. */
async function rewrite(file: string, records: readonly PaymentRecord[]): Promise<FileHandle> {
  const beside = `${file}.${process.pid}.new`;
  const handle = await open(beside, 'w', 0o600);
  await handle.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  await handle.sync();
  await rename(beside, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
  return handle;
}

const broken = (place: string, why: string, cause: unknown) =>
  gatewayError({
    code: 'gateway.storeFailed',
    message: `The file of payments cannot be used. ${why}`,
    place,
    hint: 'Do not delete it: it says which payments wait for their credit.',
    cause,
  });
