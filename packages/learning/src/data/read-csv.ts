import { learningError } from '../errors.ts';
import { categoryIndex, cellReader } from './cell-reader.ts';
import type { DatasetSchema } from './dataset-schema.ts';
import { FloatColumn } from './float-column.ts';
import { inputsOf } from './inputs-of.ts';
import { matchHeader } from './match-header.ts';
import { readRecords, type ByteSource } from './read-records.ts';
import type { Table } from './table.ts';

export interface ReadCsvOptions {
  /** Rows at most; 10,000,000 if left out. */
  maxRows?: number;
  /** Bytes of the file at most; 4 GiB if left out. */
  maxBytes?: number;
}

// What one tensor may hold: 2 GiB of floats.
const MAX_INPUTS = 2 ** 29;

/**
 * The table that a CSV file holds under its schema, read as a stream: columns are matched by the names of the header, in
 * any order. Memory is that of the tensors. Numbers outside their public range are clipped and counted.
 *
 * A row that doesn't fit refuses the whole file: dropping it in silence would hide a wrong export. Errors name line and
 * column and never quote a cell.
 *
 * @throws `learning.malformedCsv`, `learning.emptyTable`, `learning.tooLarge`, `learning.missingColumn`,
 * `learning.extraColumn`, `learning.duplicateColumn`, `learning.raggedRow`, `learning.missingCell`, `learning.badCell`,
 * `learning.nonFiniteCell`, `learning.unknownCategory`, `learning.unknownLabel`
 *
 * @example
 * const table = await readCsv(createReadStream('heart.csv'), parseSchema(schemaJson));
 */
export async function readCsv(
  source: ByteSource,
  schema: DatasetSchema,
  { maxRows = 10_000_000, maxBytes = 4 * 2 ** 30 }: ReadCsvOptions = {},
): Promise<Table> {
  const { inputs: width, outputs } = inputsOf(schema);
  const rowCap = Math.min(maxRows, Math.floor(MAX_INPUTS / width));
  const { columns, target } = schema;
  const targetIndex = columns.findIndex((column) => column.name === target.column);
  const targetColumn = columns[targetIndex]!;
  const classIndex =
    targetColumn.type === 'category' ? categoryIndex(targetColumn.values, 'learning.unknownLabel') : null;
  const readers = columns.map(cellReader);
  const clippedCounts = new Array<number>(columns.length).fill(0);
  const features = new FloatColumn(width);
  const targets = new FloatColumn(1);
  const units = new Map<string, number[]>();
  let header: string[] | undefined;
  let places: number[] = [];
  let rows = 0;

  for await (const { cells, line } of readRecords(source, maxBytes)) {
    if (!header) {
      header = cells;
      places = matchHeader(header, schema, line);
      continue;
    }
    checkCells(cells, header, line);
    if (rows === rowCap) {
      throw learningError({
        code: 'learning.tooLarge',
        message: `The table has more than ${rowCap} rows of ${width} inputs.`,
        data: { maxRows: rowCap },
      });
    }
    const row = features.grow();
    const targetRow = targets.grow();
    let at = row.start;
    for (const [i, reader] of readers.entries()) {
      const cell = cells[places[i]!]!;
      const place = () => `line ${line}, column "${columns[i]!.name}"`;
      if (i !== targetIndex) {
        if (reader.write(cell, row.values, at, place)) clippedCounts[i]!++;
        at += reader.width;
      } else if (classIndex) {
        targetRow.values[targetRow.start] = classIndex(cell, place);
      } else if (reader.write(cell, targetRow.values, targetRow.start, place)) {
        clippedCounts[i]!++;
      }
    }
    if (schema.unit !== undefined) {
      const id = cells[places[columns.length]!]!;
      const unit = units.get(id);
      if (unit) unit.push(rows);
      else units.set(id, [rows]);
    }
    rows++;
  }
  if (rows === 0) {
    throw learningError({
      code: 'learning.emptyTable',
      message: header ? 'The table has a header but no rows.' : 'The table is empty.',
    });
  }
  const values = targets.take();
  return {
    features: features.take(),
    width,
    rows,
    task: target.task,
    targets: classIndex ? BigInt64Array.from(values, (value) => BigInt(value)) : values,
    outputs,
    targetScale: targetColumn.type === 'number' ? (targetColumn.max - targetColumn.min) / 2 : 1,
    unit: schema.unit === undefined ? 'row' : 'unit',
    units: schema.unit === undefined ? Array.from({ length: rows }, (_, i) => [i]) : [...units.values()],
    clipped: Object.fromEntries(columns.map((column, i) => [column.name, clippedCounts[i]!])),
  };
}

function checkCells(cells: string[], header: string[], line: number): void {
  if (cells.length !== header.length) {
    throw learningError({
      code: 'learning.raggedRow',
      message: `The row has ${cells.length} cells where the header has ${header.length}.`,
      place: `line ${line}`,
    });
  }
  const empty = cells.indexOf('');
  if (empty >= 0) {
    throw learningError({
      code: 'learning.missingCell',
      message: 'The cell is empty.',
      place: `line ${line}, column "${header[empty]!}"`,
      hint: 'Fill the cell or leave the row out: how to fill gaps is for the owner of the data to say.',
    });
  }
}
