import { EncryptechError } from '@encryptech/base';
import { describe, expect, test } from 'vitest';
import { describeFailure } from './describe-failure.ts';

const columns = ['age', 'mean, "outer" radius'];
const inside = { keysReleased: true, columns };
const fault = (code: string, place?: string) =>
  new EncryptechError({
    code,
    message: 'The cell "Mary Shelley" is no number.',
    hint: 'Replace "Mary Shelley".',
    place,
    data: { cell: 'Mary Shelley' },
    cause: new Error('Mary Shelley'),
  });

describe('describeFailure', () => {
  test('names line and column of a bad cell and nothing that is in it', () => {
    expect(describeFailure(fault('learning.badCell', 'line 12, column "age"'), inside)).toEqual({
      code: 'learning.badCell',
      message: 'A cell is not a number.',
      hint: 'Correct the cell or leave the row out.',
      place: 'line 12, column "age"',
      data: {},
      retry: 'never',
    });
    expect(describeFailure(fault('learning.missingCell', 'line 3, column "mean, "outer" radius"'), inside).place).toBe(
      'line 3, column "mean, "outer" radius"',
    );
  });

  test.each([
    ['line 1, column "Mary Shelley"', 'line 1'],
    ['column "Mary Shelley"', undefined],
    ['line 7', 'line 7'],
    ['Mary Shelley', undefined],
    ['line 7, Mary Shelley', undefined],
    ['line 7 column "age"\nMary Shelley', undefined],
    [undefined, undefined],
  ])('a place %j becomes %j: a file without a header has cells for column names', (place, expected) => {
    expect(describeFailure(fault('learning.extraColumn', place), inside).place).toBe(expected);
  });

  test('nothing of any other error passes but its code', () => {
    for (const error of [fault('onnx.shape', 'Mary Shelley'), fault('base.badHex')]) {
      const failure = describeFailure(error, inside);
      expect(failure.code).toBe(error.code);
      expect(JSON.stringify(failure)).not.toContain('Mary');
    }
    expect(describeFailure(new TypeError('Mary Shelley'), inside)).toEqual({
      code: 'enclave.internal',
      message: 'The enclave failed; its details stay inside.',
      data: {},
      retry: 'never',
    });
  });

  test('before the keys are released the whole error passes: it is about public documents', () => {
    const error = new EncryptechError({
      code: 'onnx.shape',
      message: 'Node "Gemm_1" is wrong.',
      place: 'node "Gemm_1"',
    });
    expect(describeFailure(error, { keysReleased: false, columns })).toEqual({
      code: 'onnx.shape',
      message: 'Node "Gemm_1" is wrong.',
      place: 'node "Gemm_1"',
      data: {},
      retry: 'never',
    });
  });
});
