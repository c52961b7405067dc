import type { Table } from '../data/table.ts';
import { secretBytes } from '../secrets/secret-bytes.ts';

/**
 * The table with about `share` of its units taken out, and a table of those: each unit by a coin of its own from 32 secret
 * bytes, whatever the others are. So one unit more or less leaves the others where they are, which a cut at a row count would not.
 */
export async function holdOut(
  table: Table,
  share: number,
  key: Uint8Array<ArrayBuffer>,
): Promise<{ kept: Table; held: Table }> {
  const words = new Uint32Array((await secretBytes(key, 4 * table.units.length)).buffer);
  const isHeld = (unit: number) => words[unit]! < share * 2 ** 32;
  const held = table.units.filter((_, unit) => isHeld(unit));
  return {
    kept: { ...table, units: table.units.filter((_, unit) => !isHeld(unit)) },
    held: tableOfUnits(table, held),
  };
}

/** A table of these units' rows alone. */
function tableOfUnits(table: Table, units: readonly number[][]): Table {
  const { width } = table;
  const rows = units.flat();
  const features = table.features.slice(0, rows.length * width);
  const targets = table.targets.slice(0, rows.length);
  for (const [at, row] of rows.entries()) {
    features.set(table.features.subarray(row * width, (row + 1) * width), at * width);
    targets[at] = table.targets[row]!;
  }
  let next = 0;
  return { ...table, features, targets, rows: rows.length, units: units.map((unit) => unit.map(() => next++)) };
}
