import { readFile } from 'node:fs/promises';
import { digestOf, utf8 } from '@encryptech/base';
import { expect, test } from 'vitest';
import { splitCsv } from './split-csv.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const linesOf = (bytes: Uint8Array) => text(bytes).trimEnd().split('\n');

test('the fixture splits into 455 and 114 rows, the same everywhere', async () => {
  const file = await readFile(new URL('../../../../fixtures/wdbc/wdbc.csv', import.meta.url));
  const { train, test: held } = await splitCsv(file, { seed: 'demo', testShare: 0.2 });
  expect([linesOf(train).length, linesOf(held).length]).toEqual([456, 115]);
  expect([...linesOf(train).slice(1), ...linesOf(held).slice(1)].sort()).toEqual(linesOf(file).slice(1).sort());
  expect(linesOf(held)[0]).toBe(linesOf(file)[0]);
  expect(digestOf(held)).toBe('0x1b880d4e4a0825dac987a87859a2d62ff33fe194f0272a801d5d2149e052af14');
});

test('another seed gives another split', async () => {
  const source = utf8(`a\n${Array.from({ length: 50 }, (_, i) => i).join('\n')}\n`);
  const [one, two] = await Promise.all(['1', '2'].map((seed) => splitCsv(source, { seed, testShare: 0.5 })));
  expect(text(one!.test)).not.toBe(text(two!.test));
});

test('rows of one unit stay on one side', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `p${i % 20},${i}`);
  const source = utf8(`patient,x\n${rows.join('\n')}\n`);
  const { train, test: held } = await splitCsv(source, { seed: 's', testShare: 0.25, unit: 'patient' });
  const patients = (part: Uint8Array) =>
    new Set(
      linesOf(part)
        .slice(1)
        .map((line) => line.split(',')[0]),
    );
  expect(patients(held).size).toBe(5);
  expect([...patients(train)].filter((patient) => patients(held).has(patient))).toEqual([]);
  await expect(splitCsv(source, { seed: 's', testShare: 0.25, unit: 'nobody' })).rejects.toMatchObject({
    code: 'learning.missingColumn',
  });
});

test('cells that need quotes keep them', async () => {
  const source = utf8('a,b\n"x, ""y""\nz",1\n');
  const { train } = await splitCsv(source, { seed: 's', testShare: 0 });
  expect(text(train)).toBe('a,b\n"x, ""y""\nz",1\n');
});
