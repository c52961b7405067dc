import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renyiLedgerVectors } from '../../test/renyi-ledger-vectors.ts';
import { ledgerCaps } from './ledger-caps.ts';
import { ledgerCommit } from './ledger-commit.ts';
import { ledgerEpsilon } from './ledger-epsilon.ts';
import { LANE_MAX, LEDGER_A, LEDGER_B, LEDGER_ORDERS_X10 } from './ledger-orders.ts';
import { ledgerRelease } from './ledger-release.ts';
import { ledgerReserve } from './ledger-reserve.ts';
import { EMPTY_LEDGER } from './ledger-state.ts';
import { packLanes } from './pack-lanes.ts';
import { unpackLanes } from './unpack-lanes.ts';

const lane = fc.integer({ min: 0, max: LANE_MAX });
const sixteen = fc.array(lane, { minLength: 16, maxLength: 16 });
const budget = { epsilonMicro: 3_000_000, deltaExponent: 5 };

describe('ledger tables', () => {
  it('round the conversion of Canonne, Kamath and Steinke to the safe side', () => {
    LEDGER_ORDERS_X10.forEach((x10, i) => {
      const alpha = x10 / 10;
      const a = 1e6 * (Math.log(alpha / (alpha - 1)) + Math.log(alpha) / (alpha - 1));
      const b = (1e6 * Math.LN10) / (alpha - 1);
      expect(a - LEDGER_A[i]!).toBeGreaterThan(0);
      expect(a - LEDGER_A[i]!).toBeLessThan(1);
      expect(LEDGER_B[i]! - b).toBeGreaterThan(0);
      expect(LEDGER_B[i]! - b).toBeLessThan(1);
    });
  });

  it('give the caps of epsilon 3, delta 1e-5', () => {
    expect(ledgerCaps(budget)).toEqual([
      0, 0, 0, 0, 0, 747268, 1238083, 1559644, 1785889, 2081988, 2266281, 2481847, 2603018, 2772161, 2899017, 2955393,
    ]);
  });

  it.each([
    [{ epsilonMicro: -1, deltaExponent: 5 }],
    [{ epsilonMicro: 1.5, deltaExponent: 5 }],
    [{ epsilonMicro: Number.NaN, deltaExponent: 5 }],
    [{ epsilonMicro: 4_000_000_001, deltaExponent: 5 }],
    [{ epsilonMicro: 1, deltaExponent: 0 }],
    [{ epsilonMicro: 1, deltaExponent: 5.5 }],
    [{ epsilonMicro: 1, deltaExponent: 256 }],
  ])('refuse the budget %o', (bad) => {
    expect(() => ledgerCaps(bad)).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});

describe('packing', () => {
  it('puts lane i at bit 32·(i mod 8) of its word', () => {
    const { rdpLow, rdpHigh } = packLanes([1, 2, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, LANE_MAX]);
    expect(rdpLow).toBe(0x00000003_00000000_00000000_00000000_00000000_00000000_00000002_00000001n);
    expect(rdpHigh).toBe(0xffffffff_00000000_00000000_00000000_00000000_00000000_00000000_00000004n);
  });

  it('is undone by unpacking', () => {
    fc.assert(
      fc.property(sixteen, (lanes) => {
        expect(unpackLanes(packLanes(lanes))).toEqual(lanes);
      }),
    );
  });

  it('refuses lanes and words that do not fit', () => {
    const bad = expect.objectContaining({ code: 'privacy.badParameter' });
    expect(() => packLanes([1])).toThrow(bad);
    expect(() => packLanes(new Array<number>(16).fill(2 ** 32))).toThrow(bad);
    expect(() => packLanes(new Array<number>(16).fill(0.5))).toThrow(bad);
    expect(() => unpackLanes({ rdpLow: 1n << 256n, rdpHigh: 0n })).toThrow(bad);
    expect(() => unpackLanes({ rdpLow: 0n, rdpHigh: -1n })).toThrow(bad);
  });
});

describe('the ledger', () => {
  it('meets its published vectors', () => {
    const published = readFileSync(new URL('../../../../vectors/renyi-ledger.json', import.meta.url), 'utf8');
    expect(renyiLedgerVectors()).toBe(published);
  });

  it('admits a charge exactly when one order has room', () => {
    const caps = ledgerCaps(budget);
    const full = new Array<number>(16).fill(LANE_MAX);
    for (let i = 0; i < 16; i++) {
      const fits = packLanes(full.map((value, j) => (j === i ? caps[i]! : value)));
      const exceeds = packLanes(full.map((value, j) => (j === i ? caps[i]! + 1 : value)));
      expect(() => ledgerReserve(EMPTY_LEDGER, budget, fits)).not.toThrow();
      expect(() => ledgerReserve(EMPTY_LEDGER, budget, exceeds)).toThrow(
        expect.objectContaining({ code: 'privacy.budgetExhausted' }),
      );
    }
  });

  it('is as before after a reservation is released, and never spends below the actual charge', () => {
    const caps = ledgerCaps(budget);
    fc.assert(
      fc.property(sixteen, sixteen, (a, b) => {
        a[10] = a[10]! % 1_000_000;
        const actual = a.map((value, i) => Math.min(value, b[i]!));
        const reservation = packLanes(a);
        const reserved = ledgerReserve(EMPTY_LEDGER, budget, reservation);
        expect(ledgerRelease(reserved, budget, reservation)).toEqual(EMPTY_LEDGER);
        const done = ledgerCommit(reserved, budget, { actual: packLanes(actual), reservation });
        expect(done.reservedLow).toBe(0n);
        expect(done.reservedHigh).toBe(0n);
        unpackLanes({ rdpLow: done.spentLow, rdpHigh: done.spentHigh }).forEach((spent, i) =>
          expect(spent).toBe(Math.min(actual[i]!, caps[i]! + 1)),
        );
      }),
    );
  });

  it('inverts its caps: the charge at the cap of an order needs exactly that epsilon', () => {
    const caps = ledgerCaps(budget);
    for (let i = 5; i < 16; i++) {
      const charge = new Array<number>(16).fill(LANE_MAX);
      charge[i] = caps[i]!;
      expect(ledgerEpsilon(packLanes(charge), 5)).toBe(3);
    }
    expect(ledgerEpsilon(packLanes(new Array<number>(16).fill(LANE_MAX)), 5)).toBe(Number.POSITIVE_INFINITY);
    expect(ledgerEpsilon(packLanes(new Array<number>(16).fill(0)), 5)).toBe(0);
  });
});
