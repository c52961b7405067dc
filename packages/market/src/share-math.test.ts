import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAssetsDown, toSharesDown, toSharesUp } from './share-math.ts';

const pot = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 27n }), fc.bigInt({ min: 0n, max: 10n ** 27n }))
  .map(([a, b]) => (a < b ? { totalAssets: a, totalShares: b } : { totalAssets: b, totalShares: a }));
const amount = fc.bigInt({ min: 1n, max: 10n ** 27n });

test('nobody takes out more than they put in', () => {
  fc.assert(
    fc.property(pot, amount, (before, assets) => {
      const shares = toSharesDown(assets, before);
      const after = { totalAssets: before.totalAssets + assets, totalShares: before.totalShares + shares };
      expect(toAssetsDown(shares, after)).toBeLessThanOrEqual(assets);
      expect(toSharesUp(assets, after)).toBeGreaterThanOrEqual(shares);
    }),
  );
});

test('an untouched pot pays out to the wei', () => {
  fc.assert(
    fc.property(amount, (assets) => {
      expect(toAssetsDown(assets, { totalAssets: assets, totalShares: assets })).toBe(assets);
    }),
  );
});
