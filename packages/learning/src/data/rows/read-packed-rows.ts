import { equalBytes } from '@encryptech/base';
import { learningError } from '../../errors.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { inputsOf, inputsOfColumn } from '../inputs-of.ts';
import type { ByteSource } from '../read-records.ts';
import { readTokens } from '../read-tokens.ts';
import { scaleNumber } from '../scale-number.ts';
import type { Table } from '../table.ts';
import { ROWS_HEADER, ROWS_MAGIC, rowLayout, schemaTag } from './row-layout.ts';

// What one tensor may hold: 2 GiB.
const MAX_BYTES = 2 ** 31;

/**
 * The table in packed rows, read as a stream. Memory is that of the tensors, which are made once at their full size, and of one
 * record: rows of pictures only stay bytes. Every value is checked against the schema again.
 *
 * @throws `learning.malformedRows` (not packed rows, cut short, or with a value that no packing writes), `learning.foreignRows`,
 * `learning.tooLarge`, `learning.unknownToken`
 */
export async function readPackedRows(source: ByteSource, schema: DatasetSchema): Promise<Table> {
  const reader = blockReader(source);
  try {
    return await readAll(reader, schema);
  } finally {
    await reader.close();
  }
}

async function readAll(reader: ReturnType<typeof blockReader>, schema: DatasetSchema): Promise<Table> {
  const head = await reader.take(ROWS_HEADER);
  if (head === undefined || !equalBytes(head.subarray(0, 8), ROWS_MAGIC))
    throw malformed('The bytes are no packed rows.');
  if (!equalBytes(head.subarray(8, 40), schemaTag(schema))) {
    throw learningError({
      code: 'learning.foreignRows',
      message: 'The rows were packed under another schema.',
      hint: 'Publish the data again with this schema.',
    });
  }
  const declared = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(40, true);
  const { columns, target } = schema;
  const { inputs: width, outputs } = inputsOf(schema);
  const layout = rowLayout(schema);
  const areImages = columns.every((column) => column.name === target.column || column.type === 'image');
  if (declared === 0n) throw malformed('There are no rows.');
  if (declared * BigInt(width * (areImages ? 1 : 4)) > MAX_BYTES || declared * BigInt(layout.size) > 2n ** 53n) {
    throw learningError({ code: 'learning.tooLarge', message: 'The rows take more than 2 GiB as a tensor.' });
  }
  const rows = Number(declared);

  const features = areImages ? new Uint8Array(rows * width) : new Float32Array(rows * width);
  const targetIndex = columns.findIndex((column) => column.name === target.column);
  const targetColumn = columns[targetIndex]!;
  const targets = targetColumn.type === 'category' ? new BigInt64Array(rows) : new Float32Array(rows);
  const clipped = new Array<number>(columns.length).fill(0);
  const units: number[][] = [];
  const writers = columns.map((column, i) => valueWriter(column, (at) => void clipped[at]!++, i));
  for (let row = 0; row < rows; row++) {
    const record = await reader.take(layout.size);
    if (record === undefined) throw malformed('The rows are cut short.', `row ${row + 1}`);
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    let at = row * width;
    for (const [i, write] of writers.entries()) {
      const place = () => `row ${row + 1}, column "${columns[i]!.name}"`;
      if (i !== targetIndex) {
        write(view, layout.offsets[i]!, features, at, place);
        at += inputsOfColumn(columns[i]!);
      } else if (targets instanceof BigInt64Array) {
        targets[row] = BigInt(category(view, layout.offsets[i]!, outputs, place));
      } else write(view, layout.offsets[i]!, targets, row, place);
    }
    if (layout.unit < 0) units.push([row]);
    else {
      const number = view.getUint32(layout.unit, true);
      if (number > units.length) throw malformed('A unit is out of order.', `row ${row + 1}`);
      if (number === units.length) units.push([]);
      units[number]!.push(row);
    }
  }
  if (!(await reader.endsInZeros())) throw malformed('There is more after the last row.');
  return {
    features,
    width,
    rows,
    task: target.task,
    targets,
    outputs,
    targetScale: targetColumn.type === 'number' ? (targetColumn.max - targetColumn.min) / 2 : 1,
    unit: schema.unit === undefined ? 'row' : 'unit',
    units,
    clipped: Object.fromEntries(columns.map((column, i) => [column.name, clipped[i]!])),
  };
}

type Out = Float32Array | Uint8Array;
type Writer = (view: DataView, from: number, out: Out, at: number, place: () => string) => void;

function valueWriter(column: DatasetSchema['columns'][number], clip: (column: number) => void, i: number): Writer {
  switch (column.type) {
    case 'number': {
      const scale = scaleNumber(column);
      return (view, from, out, at, place) => {
        const value = view.getFloat64(from, true);
        if (!Number.isFinite(value)) throw malformed('A number is not finite.', place());
        if (value < column.min || value > column.max) clip(i);
        out[at] = scale(value);
      };
    }
    case 'category':
      return (view, from, out, at, place) => void (out[at + category(view, from, column.values.length, place)] = 1);
    case 'image': {
      const size = inputsOfColumn(column);
      return (view, from, out, at) => {
        const pixels = new Uint8Array(view.buffer, view.byteOffset + from, size);
        if (out instanceof Uint8Array) out.set(pixels, at);
        else for (let k = 0; k < size; k++) out[at + k] = pixels[k]! / 255;
      };
    }
    case 'tokens': {
      const read = readTokens(column);
      const tokens = new Uint32Array(column.length);
      return (view, from, out, at, place) => {
        for (let k = 0; k < tokens.length; k++) tokens[k] = view.getUint32(from + 4 * k, true);
        read(tokens, out, at, place);
      };
    }
  }
}

function category(view: DataView, from: number, values: number, place: () => string): number {
  const index = view.getUint32(from, true);
  if (index >= values) throw malformed('A category is out of range.', place());
  return index;
}

/** Pieces of any length as blocks of a wanted one; holds what is left of one piece. */
function blockReader(source: ByteSource) {
  const pieces = source instanceof Uint8Array ? [source] : source;
  const iterator = (async function* () {
    for await (const piece of pieces) if (piece.length > 0) yield piece;
  })();
  let piece: Uint8Array = new Uint8Array(0);
  let used = 0;
  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done === true) return false;
    [piece, used] = [next.value, 0];
    return true;
  };
  return {
    /** The next bytes, or undefined where fewer are left. They are valid until the next call. */
    async take(length: number): Promise<Uint8Array | undefined> {
      if (piece.length - used >= length) return piece.subarray(used, (used += length));
      const block = new Uint8Array(length);
      for (let filled = 0; filled < length;) {
        if (used === piece.length && !(await more())) return undefined;
        const part = piece.subarray(used, used + length - filled);
        block.set(part, filled);
        filled += part.length;
        used += part.length;
      }
      return block;
    },
    /** Whether only zeros are left. */
    async endsInZeros(): Promise<boolean> {
      do {
        for (; used < piece.length; used++) if (piece[used] !== 0) return false;
      } while (await more());
      return true;
    },
    /** Lets go of the source, read to its end or not. */
    close: async () => void (await iterator.return()),
  };
}

const malformed = (message: string, place?: string) =>
  learningError({ code: 'learning.malformedRows', message, place });
