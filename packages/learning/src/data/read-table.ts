import { equalBytes } from '@encryptech/base';
import type { DatasetSchema } from './dataset-schema.ts';
import { readCsv } from './read-csv.ts';
import type { ByteSource } from './read-records.ts';
import { readPackedRows } from './rows/read-packed-rows.ts';
import { ROWS_MAGIC } from './rows/row-layout.ts';
import type { Table } from './table.ts';

/**
 * The table in the bytes of a dataset, read as a stream: packed rows where they begin as such, else CSV.
 *
 * @throws what `readPackedRows` and `readCsv` throw
 */
export async function readTable(source: ByteSource, schema: DatasetSchema): Promise<Table> {
  const pieces = (async function* () {
    yield* source instanceof Uint8Array ? [source] : source;
  })();
  const first: Uint8Array[] = [];
  let start = new Uint8Array(0);
  while (start.length < ROWS_MAGIC.length) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    start = Uint8Array.from([...start, ...next.value.subarray(0, ROWS_MAGIC.length)]);
  }
  const whole = (async function* () {
    try {
      yield* first;
      yield* pieces;
    } finally {
      await pieces.return();
    }
  })();
  return equalBytes(start.subarray(0, ROWS_MAGIC.length), ROWS_MAGIC)
    ? readPackedRows(whole, schema)
    : readCsv(whole, schema);
}
