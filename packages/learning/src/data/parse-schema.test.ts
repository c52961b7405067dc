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

  test('pictures have an input for each entry, token lists one for each place', () => {
    const image = { name: 'picture', type: 'image', height: 28, width: 20, channels: 3 };
    const text = { name: 'text', type: 'tokens', length: 64, vocabulary: 1000, padding: 999 };
    const columns = [image, text, ill];
    expect(inputsOf(parseSchema({ ...good, columns }))).toEqual({ inputs: 28 * 20 * 3 + 64, outputs: 2 });
  });

  test.each([
    ['a picture of no height', { name: 'p', type: 'image', height: 0, width: 2, channels: 1 }, 'columns.0.height'],
    ['a picture of two channels', { name: 'p', type: 'image', height: 2, width: 2, channels: 2 }, 'columns.0.channels'],
    ['padding out of the vocabulary', { name: 't', type: 'tokens', length: 2, vocabulary: 9, padding: 9 }, 'columns.0'],
    [
      'a vocabulary that float32 can not count',
      { name: 't', type: 'tokens', length: 2, vocabulary: 2 ** 24 + 1 },
      'columns.0.vocabulary',
    ],
    ['a list without a length', { name: 't', type: 'tokens', vocabulary: 9 }, 'columns.0.length'],
  ])('refuses %s', (_, column, place) => {
    expect(() => parseSchema({ ...good, columns: [column, ill] })).toThrow(
      expect.objectContaining({ code: 'learning.badSchema', place }),
    );
  });

  test('refuses a picture as a target', () => {
    const image = { name: 'p', type: 'image', height: 2, width: 2, channels: 1 };
    const json = { ...good, columns: [image, ill], target: { column: 'p', task: 'classification' } };
    expect(() => parseSchema(json)).toThrow(expect.objectContaining({ place: 'target.column' }));
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
