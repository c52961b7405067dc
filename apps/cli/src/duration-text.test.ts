import { expect, test } from 'vitest';
import { durationText } from './duration-text.ts';

test.each([
  [0, '0 s'],
  [-3, '0 s'],
  [44.1, '45 s'],
  [99, '99 s'],
  [100, '2 min'],
  [5_940, '99 min'],
  [5_941, '1 h 40 min'],
  [11_100, '3 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
