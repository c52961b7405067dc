import { isEncryptechError } from '@encryptech/base';
import { ledgerCaps, type LedgerBudget } from '../src/ledger/ledger-caps.ts';
import { ledgerCommit } from '../src/ledger/ledger-commit.ts';
import { LEDGER_A, LEDGER_B, LEDGER_ORDERS_X10 } from '../src/ledger/ledger-orders.ts';
import { ledgerRelease } from '../src/ledger/ledger-release.ts';
import { ledgerReserve } from '../src/ledger/ledger-reserve.ts';
import { EMPTY_LEDGER, type LedgerState } from '../src/ledger/ledger-state.ts';
import { packLanes } from '../src/ledger/pack-lanes.ts';
import type { PackedCharge } from '../src/ledger/packed-charge.ts';

type Op =
  | { op: 'reserve'; charge: PackedCharge }
  | { op: 'commit'; charge: PackedCharge; actual: PackedCharge }
  | { op: 'release'; charge: PackedCharge };

const word = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;

/** Charge of a full-batch Gaussian: RDP α·rho at each order, in micro-RDP, as lanes of a real job look. */
const gaussian = (rhoMicro: number) => packLanes(LEDGER_ORDERS_X10.map((x10) => Math.ceil((x10 * rhoMicro) / 10)));

/** Growing slowly at small orders and exploding at large ones, as a subsampled Gaussian's curve does. */
const subsampled = (scale: number) =>
  packLanes(
    LEDGER_ORDERS_X10.map((x10) => Math.min(2 ** 32 - 1, Math.ceil((scale * x10) / 10) + (x10 > 160 ? x10 ** 3 : 0))),
  );

const lanes = (value: number) => packLanes(new Array<number>(16).fill(value));
const oneLane = (at: number, value: number, others: number) =>
  packLanes(Array.from({ length: 16 }, (_, i) => (i === at ? value : others)));

const LIMIT = 2 ** 32 - 1;

function sequences(): { budget: LedgerBudget; ops: Op[] }[] {
  const three: LedgerBudget = { epsilonMicro: 3_000_000, deltaExponent: 5 };
  const caps3 = ledgerCaps(three);
  const small: LedgerBudget = { epsilonMicro: 100_000, deltaExponent: 6 };
  const huge: LedgerBudget = { epsilonMicro: 4_000_000_000, deltaExponent: 1 };
  const capsHuge = ledgerCaps(huge);
  return [
    // A plain life: reserve, commit less, reserve again until it is spent.
    {
      budget: three,
      ops: [
        { op: 'reserve', charge: gaussian(50_000) },
        { op: 'commit', charge: gaussian(50_000), actual: gaussian(40_000) },
        { op: 'reserve', charge: gaussian(80_000) },
        { op: 'reserve', charge: gaussian(80_000) },
        { op: 'release', charge: gaussian(80_000) },
        { op: 'reserve', charge: gaussian(20_000) },
        { op: 'commit', charge: gaussian(20_000), actual: gaussian(20_000) },
        { op: 'reserve', charge: gaussian(120_000) },
      ],
    },
    // Exactly the cap of one lane, then one micro more, with every other lane at its limit.
    {
      budget: three,
      ops: [
        { op: 'reserve', charge: oneLane(7, caps3[7]! + 1, LIMIT) },
        { op: 'reserve', charge: oneLane(7, caps3[7]!, LIMIT) },
        { op: 'reserve', charge: oneLane(7, 1, 1) },
        { op: 'reserve', charge: oneLane(7, 0, 1) },
        { op: 'commit', charge: oneLane(7, caps3[7]!, LIMIT), actual: oneLane(7, caps3[7]!, LIMIT) },
        { op: 'reserve', charge: oneLane(7, 1, 0) },
      ],
    },
    // Lanes over their cap saturate in `spent` and give back exactly what they held in `reserved`.
    {
      budget: three,
      ops: [
        { op: 'reserve', charge: subsampled(90_000) },
        { op: 'reserve', charge: subsampled(30_000) },
        { op: 'release', charge: subsampled(90_000) },
        { op: 'commit', charge: subsampled(30_000), actual: subsampled(29_999) },
        { op: 'reserve', charge: subsampled(100_000) },
        { op: 'commit', charge: subsampled(100_000), actual: subsampled(100_000) },
        { op: 'reserve', charge: subsampled(100_000) },
        { op: 'reserve', charge: subsampled(93_000) },
      ],
    },
    // A commit above the reservation, and a release or a commit of what was never reserved, are refused.
    {
      budget: three,
      ops: [
        { op: 'release', charge: lanes(1) },
        { op: 'reserve', charge: gaussian(10_000) },
        { op: 'commit', charge: gaussian(10_000), actual: gaussian(10_001) },
        { op: 'release', charge: gaussian(10_001) },
        { op: 'commit', charge: gaussian(10_001), actual: gaussian(1) },
        { op: 'commit', charge: gaussian(10_000), actual: lanes(0) },
        { op: 'release', charge: gaussian(10_000) },
      ],
    },
    // A small epsilon: low orders have cap 0, which admits nothing but a charge of 0.
    {
      budget: small,
      ops: [
        { op: 'reserve', charge: gaussian(300) },
        { op: 'reserve', charge: gaussian(250) },
        { op: 'reserve', charge: oneLane(0, 0, LIMIT) },
        { op: 'reserve', charge: lanes(LIMIT) },
        { op: 'commit', charge: gaussian(250), actual: gaussian(250) },
      ],
    },
    // The largest epsilon: the sum of reservations overflows a 32-bit lane and is refused whole.
    {
      budget: huge,
      ops: [
        { op: 'reserve', charge: oneLane(15, 1, capsHuge[0]!) },
        { op: 'reserve', charge: oneLane(15, 1, capsHuge[0]!) },
        { op: 'reserve', charge: oneLane(15, 1, 1_000_000) },
        { op: 'commit', charge: oneLane(15, 1, capsHuge[0]!), actual: oneLane(15, 1, capsHuge[0]!) },
        { op: 'reserve', charge: lanes(LIMIT) },
        { op: 'reserve', charge: oneLane(15, 1, capsHuge[0]!) },
      ],
    },
  ];
}

function apply(state: LedgerState, budget: LedgerBudget, op: Op): LedgerState {
  switch (op.op) {
    case 'reserve':
      return ledgerReserve(state, budget, op.charge);
    case 'commit':
      return ledgerCommit(state, budget, { actual: op.actual, reservation: op.charge });
    case 'release':
      return ledgerRelease(state, budget, op.charge);
  }
}

function run({ budget, ops }: { budget: LedgerBudget; ops: Op[] }) {
  let state = EMPTY_LEDGER;
  const done = ops.map((op) => {
    let ok = true;
    try {
      state = apply(state, budget, op);
    } catch (error) {
      if (!isEncryptechError(error)) throw error;
      ok = false;
    }
    return {
      op: op.op,
      rdpLow: word(op.charge.rdpLow),
      rdpHigh: word(op.charge.rdpHigh),
      ...(op.op === 'commit' ? { actualLow: word(op.actual.rdpLow), actualHigh: word(op.actual.rdpHigh) } : {}),
      ok,
    };
  });
  return {
    ...budget,
    ops: done,
    spentLow: word(state.spentLow),
    spentHigh: word(state.spentHigh),
    reservedLow: word(state.reservedLow),
    reservedHigh: word(state.reservedHigh),
  };
}

/** The text of vectors/renyi-ledger.json. */
export function renyiLedgerVectors(): string {
  const budgets: LedgerBudget[] = [];
  for (const epsilonMicro of [0, 1, 100_000, 500_000, 1_000_000, 3_000_000, 8_000_000, 50_000_000, 4_000_000_000]) {
    for (const deltaExponent of [1, 5, 6, 9, 12, 255]) budgets.push({ epsilonMicro, deltaExponent });
  }
  const document = {
    ordersX10: LEDGER_ORDERS_X10,
    a: LEDGER_A,
    b: LEDGER_B,
    caps: budgets.map((budget) => ({ ...budget, caps: ledgerCaps(budget) })),
    sequences: sequences().map(run),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
