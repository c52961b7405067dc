import { expect, test } from 'vitest';
import { fuzz } from './fuzz-evidence.ts';
import { fuzzTargets } from './fuzz-targets.ts';

const targets = await fuzzTargets();

test.each(targets)('$name: cuts and changed inputs end in a result or a typed error', async (target) => {
  const { untyped, accepted, refused, inputs } = await fuzz({ ...target, share: (target.share ?? 1) * 4 }, 12_000);
  expect(untyped).toEqual([]);
  expect(accepted + refused).toBe(inputs);
  expect(refused).toBeGreaterThan(0);
});

test('each good seed is accepted by its parser, so that changed ones get far', async () => {
  // Vendors' quotes are refused for want of a pinned chain, logs for other registers than the seed's.
  const judged = targets.filter(({ name }) => !name.startsWith('whole') && name !== 'event log');
  for (const { name, seeds, parse } of judged) {
    const ends = await Promise.allSettled([seeds[0]!].map(async (seed) => parse(seed)));
    expect(ends[0]!.status, name).toBe('fulfilled');
  }
});

test('an error of another kind is noticed', async () => {
  const broken = { name: 'broken', seeds: [Uint8Array.of(1, 2, 3)], parse: () => JSON.parse('{') as unknown };
  const { untyped, inputs } = await fuzz(broken, 10);
  expect(untyped.length).toBe(inputs);
});
