import { learningError } from '../../errors.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import type { Row } from './row.ts';
import { ROWS_HEADER, ROWS_MAGIC, rowLayout, schemaTag } from './row-layout.ts';

export interface PackRowsOptions {
  /** Bytes of the result at most; 4 GiB less one if left out. */
  maxBytes?: number;
}

/**
 * Rows as one file, which any source of rows becomes before it is encrypted: a header, then records of fixed size. Whoever
 * reads it needs no decoder of pictures or of Parquet, and one record of memory.
 *
 * Zeros are added at the end, up to 12 % (Padmé: Nikitin et al., PETS 2019), so that the length tells the number of rows only
 * roughly. The size of the encrypted file is public.
 *
 * @throws `learning.emptyTable`, `learning.tooLarge`, and what the source throws
 */
export async function packRows(
  rows: AsyncIterable<Row> | Iterable<Row>,
  schema: DatasetSchema,
  { maxBytes = 2 ** 32 - 1 }: PackRowsOptions = {},
): Promise<Uint8Array> {
  const { size, offsets, unit: unitAt } = rowLayout(schema);
  const units = new Map<string, number>();
  let room = new Uint8Array(1 << 20);
  let end = ROWS_HEADER;
  let count = 0;
  for await (const { values, unit } of rows) {
    if (end + size > maxBytes) {
      throw learningError({
        code: 'learning.tooLarge',
        message: `The rows take more than ${maxBytes} bytes.`,
        data: { maxBytes },
      });
    }
    if (end + size > room.length) room = grown(room, end, Math.min(maxBytes, Math.max(2 * room.length, end + size)));
    const record = new DataView(room.buffer, end, size);
    for (const [i, value] of values.entries()) {
      const at = offsets[i]!;
      if (value instanceof Uint8Array) room.set(value, end + at);
      else if (value instanceof Uint32Array) value.forEach((token, k) => record.setUint32(at + 4 * k, token, true));
      else if (schema.columns[i]!.type === 'number') record.setFloat64(at, value, true);
      else record.setUint32(at, value, true);
    }
    if (unitAt >= 0) {
      const number = units.get(unit!) ?? units.size;
      units.set(unit!, number);
      record.setUint32(unitAt, number, true);
    }
    end += size;
    count++;
  }
  if (count === 0) throw learningError({ code: 'learning.emptyTable', message: 'There are no rows.' });
  const packed = grown(room, end, paddedLength(end));
  packed.set(ROWS_MAGIC, 0);
  packed.set(schemaTag(schema), 8);
  new DataView(packed.buffer).setBigUint64(40, BigInt(count), true);
  return packed;
}

function grown(bytes: Uint8Array, used: number, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes.subarray(0, used));
  return larger;
}

/** Padmé: the length rounded up until only as many leading bits are left as its exponent has bits. */
export function paddedLength(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** Math.max(0, exponent - kept);
  return Math.ceil(length / step) * step;
}
