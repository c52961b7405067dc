// Writes vectors/economy.json: emission, decay of reputation, rewards, entitlements. With `--check` it writes nothing and exits
// 1 when the file is stale. Nothing here is taken from the twins: powers of two come from series in 90-digit fixed point, and
// each formula is one exact fraction, rounded once at the end.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const target = join(import.meta.dirname, '..', 'vectors', 'economy.json');
const ONE = 10n ** 90n;
const ENC = 10n ** 18n;
const TOTAL = 400_000_000n * ENC;

/** ln 2 = Σ 1/(k·2^k). */
function ln2() {
  let sum = 0n;
  for (let k = 1n; k < 400n; k++) sum += ONE / (k << k);
  return sum;
}

/** 2^(−numerator/denominator), by the series of the exponential function. */
function powerOfHalf(numerator, denominator) {
  const x = (ln2() * numerator) / denominator;
  let [term, sum] = [ONE, 0n];
  for (let k = 1n; term !== 0n; k++) {
    sum += term;
    term = -(term * x) / (ONE * k);
  }
  return sum;
}

const HALVING_SEC = 730n * 86_400n;

/** floor(10^27·k): what the contract keeps of k = 1 − 2^(−length/two years). */
const decayOf = (lengthSec) => ((ONE - powerOfHalf(lengthSec, HALVING_SEC)) * 10n ** 27n) / ONE;
const DECAY = decayOf(86_400n);

/** Emission of an epoch as one fraction: remaining · k · g · factor, with g cut to 18 digits as the contract has it. */
function emission(remaining, used, capacity, factorBps, decay = DECAY) {
  const wad = ENC;
  const g =
    capacity === 0n
      ? wad / 4n
      : 10n * used >= 7n * capacity
        ? wad
        : wad / 4n + (wad * 3n * used * 10n) / (4n * 7n * capacity);
  return (remaining * decay * g * factorBps) / (10n ** 27n * wad * 10_000n);
}

/** A generator that Solidity repeats in one line (Knuth's MMIX constants). */
const next = (x) => (x * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;

/** k of the shortest and the longest epoch, of usual ones and their neighbours, and of some between. */
function epochDecayRows() {
  const usual = [5, 6, 7, 59, 60, 61, 600, 3_600, 43_200, 86_399, 86_400, 86_401, 172_800, 604_799, 604_800].map(
    BigInt,
  );
  let x = 3n;
  const others = Array.from({ length: 25 }, () => 5n + (((x = next(x)) >> 20n) % 604_796n));
  const lengths = [...usual, ...others];
  return { lengthSec: lengths, decay: lengths.map(decayOf) };
}

/** A checksum over k of every length from 5 seconds to 7 days. The powers are multiplied second by second, not summed from a series. */
function everyEpochDecay() {
  const second = powerOfHalf(1n, HALVING_SEC);
  let [power, checksum] = [powerOfHalf(5n, HALVING_SEC), 0n];
  for (let length = 5; length <= 604_800; length++) {
    const decay = ((ONE - power) * 10n ** 27n) / ONE;
    checksum = (checksum * 6364136223846793005n + decay) % 2n ** 128n;
    power = (power * second) / ONE;
  }
  return { checksum: [checksum] };
}

/** Full demand, everything claimed: from the first wei to the last that the curve gives. */
function fullSchedule() {
  const marks = [1, 2, 10, 100, 365, 730, 1460, 3650, 7300, 14_600, 29_200, 40_000, 50_000, 56_000, 60_000];
  return schedule(marks, DECAY);
}

/** The same by epochs of a week: the last wei goes after 8,600 of them. */
const weeklySchedule = () => schedule([1, 2, 10, 104, 105, 1_000, 5_000, 8_000, 8_600], decayOf(604_800n));

function schedule(marks, decay) {
  const rows = { epochs: [], remaining: [], last: [] };
  let remaining = TOTAL;
  for (let n = 1; n <= marks.at(-1); n++) {
    const amount = emission(remaining, 7n, 10n, 10_000n, decay);
    remaining -= amount;
    if (!marks.includes(n)) continue;
    rows.epochs.push(n);
    rows.remaining.push(remaining);
    rows.last.push(amount);
  }
  return rows;
}

/** Demand, the team's factor and the part that has receivers change from epoch to epoch; some epochs are missed. */
function liveSchedule() {
  const marks = [1, 7, 365, 730, 5000, 20_000];
  const rows = { epochs: [], remaining: [] };
  let [remaining, x] = [TOTAL, 1n];
  for (let n = 1; n <= 20_000; n++) {
    x = next(x);
    const portion = [0n, 9_000n, 10_000n, 10_000n][Number(x % 4n)];
    const factor = x % 8n === 3n ? 5_000n : 10_000n;
    const amount = emission(remaining, (x >> 16n) % 2n ** 32n, 2n ** 32n, factor);
    remaining -= (amount * portion) / 10_000n;
    if (!marks.includes(n)) continue;
    rows.epochs.push(n);
    rows.remaining.push(remaining);
  }
  return rows;
}

function emissionRows() {
  const rows = { remaining: [], used: [], capacity: [], factorBps: [], wei: [] };
  const cases = [
    [TOTAL, 0n, 0n, 10_000n],
    [TOTAL, 0n, 1n, 10_000n],
    [TOTAL, 7n, 10n, 10_000n],
    [TOTAL, 69_999n, 100_000n, 10_000n],
    [TOTAL, 10n ** 40n, 1n, 10_000n],
    [TOTAL, 350n, 1_000n, 0n],
    [TOTAL, 350n, 1_000n, 1n],
    [1n, 1n, 1n, 10_000n],
    [1_053n, 1n, 1n, 10_000n],
    [1_054n, 1n, 1n, 10_000n],
  ];
  let x = 42n;
  for (let i = 0; i < 30; i++) {
    x = next(x);
    cases.push([(TOTAL * (x >> 32n)) / 2n ** 32n, x % 10n ** 12n, (x >> 20n) + 1n, x % 10_001n]);
  }
  for (const [remaining, used, capacity, factorBps] of cases) {
    rows.remaining.push(remaining);
    rows.used.push(used);
    rows.capacity.push(capacity);
    rows.factorBps.push(factorBps);
    rows.wei.push(emission(remaining, used, capacity, factorBps));
  }
  return rows;
}

function decayRows() {
  const rows = { alpha: [], beta: [], epochs: [], alphaNow: [], betaNow: [] };
  const most = 2n ** 64n - 1n;
  const counters = [0n, 1n, 2n, 999n, 10n ** 9n, 123_456_789_012_345n, most];
  for (const epochs of [0n, 1n, 2n, 7n, 15n, 29n, 30n, 31n, 60n, 89n, 300n, 1_000n, 1_919n, 1_920n, 100_000n]) {
    const power = powerOfHalf(epochs % 30n, 30n);
    const scale = ONE * 2n ** (epochs / 30n);
    for (const [i, alpha] of counters.entries()) {
      const beta = counters[(i * 3 + 1) % counters.length];
      rows.alpha.push(alpha);
      rows.beta.push(beta);
      rows.epochs.push(epochs);
      rows.alphaNow.push((alpha * power) / scale);
      rows.betaNow.push((beta * power + scale - 1n) / scale);
    }
  }
  return rows;
}

function rewardRows() {
  const rows = {
    ...{ work: [], units: [], rate: [], availabilityBps: [], stake: [], stakeCapBps: [], levelBps: [] },
    ...{ reputationBps: [], score: [] },
  };
  let x = 7n;
  for (let i = 0; i < 40; i++) {
    const draw = (below) => ((x = next(x)), (x >> 8n) % below);
    const work = i % 5 === 0 ? 0n : draw(10n ** 9n) * 10n ** 12n;
    const units = i % 3 === 0 ? 0n : draw(10n ** 15n);
    const rate = draw(10n ** 17n);
    const availabilityBps = i % 7 === 0 ? 10_000n : draw(10_001n);
    const stake = draw(10n ** 8n) * 10n ** 15n;
    const stakeCapBps = [10_000n, 2_500n, 1_000_000n][i % 3];
    const levelBps = [10_000n, 12_500n, 16_000n, 20_000n][i % 4];
    const reputationBps = draw(10_000n) + 1n;
    const earned = work + (units * rate * availabilityBps) / (10n ** 6n * 10_000n);
    const cap = (stake * stakeCapBps) / 10_000n;
    const quantity = (earned < cap ? earned : cap) / 10n ** 12n;
    const score = quantity * levelBps * reputationBps ** 2n;
    for (const [name, value] of Object.entries({ work, units, rate, availabilityBps, stake, stakeCapBps, levelBps })) {
      rows[name].push(value);
    }
    rows.reputationBps.push(reputationBps);
    rows.score.push(score);
  }
  return rows;
}

function entitlementRows() {
  const rows = { stake: [], totalStake: [], units: [], entitlement: [] };
  const supply = 10n ** 27n;
  const cases = [
    [0n, 0n, 10n],
    [0n, 1n, 10n],
    [1n, 3n, 10n],
    [2n, 3n, 10n],
    [supply, supply, 2n ** 100n],
    [1n, supply, 10n ** 27n - 1n],
    [1n, supply, 10n ** 27n],
    [supply / 3n, supply, 10n ** 13n],
  ];
  for (const [stake, totalStake, units] of cases) {
    rows.stake.push(stake);
    rows.totalStake.push(totalStake);
    rows.units.push(units);
    rows.entitlement.push(totalStake === 0n ? 0n : (units * stake) / totalStake);
  }
  return rows;
}

const tables = {
  constants: { decay: [DECAY] },
  emission: emissionRows(),
  epochDecay: epochDecayRows(),
  everyEpochDecay: everyEpochDecay(),
  fullSchedule: fullSchedule(),
  weeklySchedule: weeklySchedule(),
  liveSchedule: liveSchedule(),
  decay: decayRows(),
  score: rewardRows(),
  entitlement: entitlementRows(),
};
const text = `${JSON.stringify(tables, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`;
if (process.argv.includes('--check')) {
  const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (!fresh) process.stdout.write('stale: vectors/economy.json (run node tools/generate-economy-vectors.mjs)\n');
  process.exitCode = fresh ? 0 : 1;
} else {
  writeFileSync(target, text);
}
