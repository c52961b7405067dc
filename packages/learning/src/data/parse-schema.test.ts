import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { inputsOf } from './inputs-of.ts';
import { parseSchema } from './parse-schema.ts';

const age = { name: 'age', type: 'number', min: 0, max: 100 };
const sex = { name: 'sex', type: 'category', values: ['f', 'm', 'x'] };
const ill = { name: 'ill', type: 'category', values: ['no', 'yes'] };
const good = { version: 1, name: 'heart', columns: [age, sex, ill], target: { column: 'ill', task: 'classification' } };

describe('parseSchema', () => {
  test('takes a JSON value and a JSON text', () => {
    expect(parseSchema(good)).toEqual(good);
    expect(parseSchema(JSON.stringify({ ...good, unit: 'patient' })).unit).toBe('patient');
  });

  test('the schema of the fixture has 30 inputs and 2 outputs', async () => {
    const schema = parseSchema(
      await readFile(new URL('../../../../fixtures/wdbc/schema.json', import.meta.url), 'utf8'),
    );
    expect(inputsOf(schema)).toEqual({ inputs: 30, outputs: 2 });
  });

  test('inputsOf counts a category once for each value and a regression as one output', () => {
    expect(inputsOf(parseSchema(good))).toEqual({ inputs: 4, outputs: 2 });
    const regression = { ...good, target: { column: 'age', task: 'regression' } };
    expect(inputsOf(parseSchema(regression))).toEqual({ inputs: 5, outputs: 1 });
  });

  test.each([
    ['not JSON', '{', undefined],
    ['another version', { ...good, version: 2 }, 'version'],
    ['an unknown member', { ...good, extra: 1 }, 'the top level'],
    ['an unknown member of a column', { ...good, columns: [{ ...age, mean: 3 }, ill] }, 'columns.0'],
    ['an unknown type', { ...good, columns: [{ ...age, type: 'date' }, ill] }, 'columns.0.type'],
    ['an infinite bound', { ...good, columns: [{ ...age, max: Infinity }, ill] }, 'columns.0.max'],
    ['an empty range', { ...good, columns: [{ ...age, max: 0 }, ill] }, 'columns.0'],
    ['a log scale from zero', { ...good, columns: [{ ...age, transform: 'log' }, ill] }, 'columns.0'],
    ['a sqrt scale from below zero', { ...good, columns: [{ ...age, min: -1, transform: 'sqrt' }, ill] }, 'columns.0'],
    ['one column only', { ...good, columns: [ill] }, 'columns'],
    ['a name twice', { ...good, columns: [age, age, ill] }, 'columns.1'],
    ['a category twice', { ...good, columns: [age, { ...ill, values: ['a', 'a'] }] }, 'columns.1'],
    ['one category only', { ...good, columns: [age, { ...ill, values: ['a'] }] }, 'columns.1.values'],
    ['a target that is no column', { ...good, target: { column: 'sick', task: 'classification' } }, 'target.column'],
    ['a classification of a number', { ...good, target: { column: 'age', task: 'classification' } }, 'target.column'],
    ['a regression of a category', { ...good, target: { column: 'sex', task: 'regression' } }, 'target.column'],
    [
      'a regression on a log scale',
      {
        ...good,
        columns: [{ ...age, min: 1, transform: 'log' }, ill],
        target: { column: 'age', task: 'regression' },
      },
      'target.column',
    ],
    ['a unit that is a feature', { ...good, unit: 'age' }, 'unit'],
    ['a unit that is the target', { ...good, unit: 'ill' }, 'unit'],
  ])('refuses %s', (_, json, place) => {
    expect(() => parseSchema(json)).toThrow(expect.objectContaining({ code: 'learning.badSchema', place }));
  });
});
