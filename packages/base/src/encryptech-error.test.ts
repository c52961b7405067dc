import { expect, test } from 'vitest';
import { EncryptechError, isEncryptechError } from './encryptech-error.ts';

test('an error is data, and its cause stays at home', () => {
  const error = new EncryptechError({
    code: 'a.b',
    message: 'No.',
    place: 'line 1',
    hint: 'Say yes.',
    data: { n: 1 },
    cause: new Error('secret'),
  });
  expect(JSON.stringify(error)).toBe(
    '{"code":"a.b","message":"No.","place":"line 1","hint":"Say yes.","data":{"n":1},"retry":"never"}',
  );
  expect(isEncryptechError(error, 'a.b')).toBe(true);
  expect(isEncryptechError(error, 'a.c')).toBe(false);
  expect(isEncryptechError(new Error('x'))).toBe(false);
});
