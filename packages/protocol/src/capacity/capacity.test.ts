import { expect, test } from 'vitest';
import { privateKeyToAccount } from 'viem/accounts';
import { checkBenchmark } from './check-benchmark.ts';
import {
  challengeSigner,
  isCapacityAnswer,
  isHeartbeat,
  signCapacityAnswer,
  signCapacityChallenge,
  signHeartbeat,
} from './documents.ts';
import { leftMatrix, leftRow, productRow, rightMatrix, SIZE } from './matrices.ts';
import { commitmentOf, runBenchmark, type Multiply } from './run-benchmark.ts';

const seed = `0x${'5e'.repeat(32)}` as const;
const other = `0x${'5f'.repeat(32)}` as const;
const domain = { chainId: 31337, capacity: '0x00000000000000000000000000000000000000ca' } as const;
const [provider, verifier] = [1, 2].map((n) => privateKeyToAccount(`0x${String(n).padStart(64, '0')}`)) as [
  ReturnType<typeof privateKeyToAccount>,
  ReturnType<typeof privateKeyToAccount>,
];

/** Row by row, with a shortcut that leaves rows out, as a cheat would. */
const multiplying =
  (leaves: (row: number) => boolean = () => false): Multiply =>
  (left, right) => {
    const results = new Float32Array(SIZE * SIZE);
    for (let row = 0; row < SIZE; row++) {
      if (leaves(row)) continue;
      results.set(productRow(left.subarray(row * SIZE, (row + 1) * SIZE), right), row * SIZE);
    }
    return Promise.resolve(results);
  };

test('entries stay small enough that every sum is exact in float32', () => {
  const [left, right] = [leftMatrix(seed, 0), rightMatrix(seed)];
  expect(Math.max(...left.subarray(0, 65_536))).toBeLessThanOrEqual(2047);
  expect(Math.min(...left.subarray(0, 65_536))).toBeGreaterThanOrEqual(-2048);
  expect([...new Set(right)].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i - 8));
  // 1024 · 2048 · 8 = 2^24, the last integer up to which float32 has them all.
  expect(SIZE * 2048 * 8).toBe(2 ** 24);
  expect(leftRow(seed, 0, 3)).toEqual(left.subarray(3 * SIZE, 4 * SIZE));
  expect(leftRow(seed, 1, 3)).not.toEqual(leftRow(seed, 0, 3));
});

test('a whole benchmark passes; another seed, other digests and work left out do not', async () => {
  const honest = await runBenchmark({ seed, products: 1 }, multiplying());
  const samples = [0, 17, 1023];
  const claim = { seed, products: 1, commitment: honest.commitment };
  expect(checkBenchmark(claim, honest.digests, samples)).toBeUndefined();
  expect(checkBenchmark({ ...claim, seed: other }, honest.digests, samples)).toMatch(/Row 0 /);
  expect(checkBenchmark({ ...claim, products: 2 }, honest.digests, samples)).toMatch(/length/);
  const changed = honest.digests.slice();
  changed[5]! ^= 1;
  expect(checkBenchmark(claim, changed, samples)).toMatch(/committed/);

  const lazy = await runBenchmark(
    { seed, products: 1 },
    multiplying((row) => row > 1000),
  );
  expect(commitmentOf(lazy.digests)).toBe(lazy.commitment);
  expect(checkBenchmark({ ...claim, commitment: lazy.commitment }, lazy.digests, samples)).toMatch(/Row 1023 /);
});

test('challenge, answer and heartbeat are bound to signer, chain, contract and every field', async () => {
  const challenge = await signCapacityChallenge(
    { provider: provider.address, seed, products: 4, issuedAt: 7 },
    domain,
    verifier,
  );
  expect(await challengeSigner(challenge, domain)).toBe(verifier.address);
  expect(await challengeSigner({ ...challenge, products: 64 }, domain)).not.toBe(verifier.address);
  expect(await challengeSigner(challenge, { ...domain, chainId: 1 })).not.toBe(verifier.address);

  const answer = { provider: provider.address, seed, commitment: other };
  const signature = await signCapacityAnswer(answer, domain, provider);
  expect(await isCapacityAnswer({ ...answer, signature }, domain)).toBe(true);
  expect(await isCapacityAnswer({ ...answer, seed: other, signature }, domain)).toBe(false);
  expect(await isCapacityAnswer({ ...answer, provider: verifier.address, signature }, domain)).toBe(false);

  const beat = await signHeartbeat({ provider: provider.address, epoch: 9, slot: 3, nonce: seed }, domain, provider);
  expect(await isHeartbeat(beat, domain)).toBe(true);
  for (const change of [{ epoch: 10 }, { slot: 4 }, { nonce: other }, { provider: verifier.address }]) {
    expect(await isHeartbeat({ ...beat, ...change }, domain)).toBe(false);
  }
  expect(await isHeartbeat({ ...beat, signature: `0x${'00'.repeat(65)}` }, domain)).toBe(false);
});
