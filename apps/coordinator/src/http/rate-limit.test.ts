import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

test('a minute’s requests at once, then one for each part of a minute that passes', () => {
  let now = 0;
  const limit = createRateLimit(60, () => now);
  for (let i = 0; i < 60; i++) expect(limit('a')).toBe(0);
  expect(limit('a')).toBe(1_000);
  expect(limit('b')).toBe(0);
  now = 900;
  expect(Math.abs(limit('a') - 100)).toBeLessThanOrEqual(1);
  now = 1_001;
  expect(limit('a')).toBe(0);
  expect(limit('a')).toBeGreaterThan(990);
  now = 3_600_000;
  for (let i = 0; i < 60; i++) expect(limit('a')).toBe(0);
  expect(limit('a')).toBeGreaterThan(0);
});

test('who asks all the time stays known while ten thousand others come and go', () => {
  const limit = createRateLimit(2, () => 0);
  expect(limit('busy')).toBe(0);
  expect(limit('busy')).toBe(0);
  for (let i = 0; i < 20_000; i++) {
    limit(`other ${i}`);
    if (i % 5_000 === 0) expect(limit('busy')).toBeGreaterThan(0);
  }
});
