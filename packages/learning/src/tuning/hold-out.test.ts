import { expect, test } from 'vitest';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { holdOut } from './hold-out.ts';

const key = new Uint8Array(32).fill(3);
const table = randomTable({ rows: 1000, width: 3 });

test('each unit is held out by a coin of its own, which no other unit moves', async () => {
  const { kept, held } = await holdOut(table, 0.3, key);
  expect(held.units.length + kept.units.length).toBe(1000);
  // Four standard deviations.
  expect(Math.abs(held.units.length - 300)).toBeLessThan(58);
  const isKept = new Set(kept.units.map(([row]) => row));
  const fewer = await holdOut({ ...table, units: table.units.slice(0, 999) }, 0.3, key);
  expect(fewer.kept.units).toEqual(kept.units.filter(([row]) => row !== 999));
  expect(isKept.size).toBe(kept.units.length);
  expect((await holdOut(table, 0.3, new Uint8Array(32))).kept.units).not.toEqual(kept.units);
});

test('what is held out has its own rows, and only those; a unit stays whole', async () => {
  const units = Array.from({ length: 500 }, (_, i) => [i, 999 - i]);
  const byUnit: Table = { ...table, unit: 'unit', units };
  const { kept, held } = await holdOut(byUnit, 0.5, key);
  const isKept = new Set(kept.units.flat());
  const out = units.filter(([row]) => !isKept.has(row!));
  expect(held.rows).toBe(2 * out.length);
  expect(held.units.slice(0, 2)).toEqual([
    [0, 1],
    [2, 3],
  ]);
  const second = out[1]![1]!;
  expect(held.features.subarray(9, 12)).toEqual(table.features.subarray(3 * second, 3 * second + 3));
  expect(held.targets[3]).toBe(table.targets[second]);
  expect(held.features).toHaveLength(3 * held.rows);
});
