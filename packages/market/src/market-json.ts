import type { Json } from '@encryptech/base';
import { marketError } from './errors.ts';
import type { MarketFacts } from './facts.ts';

/** How one member of the facts is written in JSON. */
type Shape = 'text' | 'amount' | 'count' | 'flag' | 'counts' | { readonly [key: string]: Shape } | readonly [Shape];

// A name with "?" may be left out: the fact is unknown then.
const parameters: Shape = {
  'paused?': 'flag',
  'feeBps?': 'count',
  'stakeRatioBps?': 'count',
  'startWindowSec?': 'count',
  'contestWindowSec?': 'counts',
  'unbondingSec?': 'count',
};
const signed: Shape = { 'signatureValid?': 'flag', 'nonceCancelled?': 'flag' };
const order: Shape = {
  developer: 'text',
  datasetId: 'text',
  units: 'amount',
  steps: 'count',
  durationSec: 'count',
  maxRate: 'amount',
  maxDatasetFee: 'amount',
  minLevel: 'count',
  kind: 'count',
  minReputationBps: 'count',
  minSpeed: 'amount',
  rdpLow: 'amount',
  rdpHigh: 'amount',
  expiresAt: 'amount',
};
const offer: Shape = {
  provider: 'text',
  ask: 'amount',
  maxUnits: 'amount',
  maxDurationSec: 'count',
  expiresAt: 'amount',
};
const grant: Shape = {
  datasetId: 'text',
  developer: 'text',
  fee: 'amount',
  minLevel: 'count',
  policyDigest: 'text',
  expiresAt: 'amount',
};
const preferences: Shape = { security: 'count', performance: 'count', cost: 'count' };
const marketShape: Shape = {
  version: 'count',
  now: 'count',
  parameters,
  orders: [
    {
      id: 'text',
      order,
      receivedAt: 'count',
      'preferences?': preferences,
      ...signed,
      'state?': 'text',
      'paidSteps?': 'count',
    },
  ],
  offers: [{ id: 'text', offer, ...signed }],
  grants: [{ id: 'text', grant, ...signed }],
  providers: [
    {
      address: 'text',
      'active?': 'flag',
      'level?': 'count',
      'reputationBps?': 'count',
      'speed?': 'amount',
      'freeStake?': 'amount',
      'ask?': 'amount',
      'freeWorkers?': 'count',
    },
  ],
  datasets: [
    {
      id: 'text',
      'retired?': 'flag',
      'minLevel?': 'count',
      'policyDigest?': 'text',
      'caps?': 'counts',
      'held?': 'counts',
    },
  ],
  developers: [{ address: 'text', 'balance?': 'amount', 'entitlementLeft?': 'amount' }],
};

const VERSION = 1;

/**
 * The JSON form of a market: amounts as decimal strings, unknown facts left out, and nothing that does not decide (further
 * members of signed structs). Lists are sorted by id, so one market has one form.
 *
 * @throws `market.badFacts` with `place` = the path
 */
export function marketToJson(market: MarketFacts): Json {
  const sorted = Object.fromEntries(
    Object.entries(market).map(([key, value]) => [
      key,
      Array.isArray(value) ? [...(value as Entry[])].sort(byId) : value,
    ]),
  );
  return write(marketShape, { ...sorted, version: VERSION }, 'market');
}

/**
 * The market in a JSON form. Closed: an unknown member is an error.
 *
 * @throws `market.badFacts` with `place` = the path
 */
export function marketFromJson(json: unknown): MarketFacts {
  const { version, ...market } = read(marketShape, json, 'market') as { version: number } & MarketFacts;
  if (version === VERSION) return market;
  throw fault('version', `is ${version}, not ${VERSION}`);
}

interface Entry {
  readonly id?: string;
  readonly address?: string;
}
const idOf = (entry: Entry): string => (entry.id ?? entry.address ?? '').toLowerCase();
const byId = (a: Entry, b: Entry): number => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0);

const fault = (place: string, why: string) =>
  marketError({ code: 'market.badFacts', message: `${place} ${why}.`, place });
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function write(shape: Shape, value: unknown, place: string): Json {
  if (shape === 'amount') {
    if (typeof value !== 'bigint' || value < 0n) throw fault(place, 'is not an amount');
    return value.toString();
  }
  return walk(shape, value, place, write, false) as Json;
}

function read(shape: Shape, value: unknown, place: string): unknown {
  if (shape === 'amount') {
    if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,77})$/.test(value))
      throw fault(place, 'is not a decimal string');
    return BigInt(value);
  }
  return walk(shape, value, place, read, true);
}

function walk(
  shape: Exclude<Shape, 'amount'>,
  value: unknown,
  place: string,
  step: (shape: Shape, value: unknown, place: string) => unknown,
  closed: boolean,
): unknown {
  switch (shape) {
    case 'text':
      if (typeof value !== 'string') throw fault(place, 'is not a text');
      return value;
    case 'flag':
      if (typeof value !== 'boolean') throw fault(place, 'is neither true nor false');
      return value;
    case 'count':
      if (!isCount(value)) throw fault(place, 'is not a whole number from zero on');
      return value;
    case 'counts':
      if (!Array.isArray(value) || !value.every(isCount)) throw fault(place, 'is not a list of whole numbers');
      return [...value];
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw fault(place, 'is not a list');
    return value.map((item, i) => step(shape[0] as Shape, item, `${place}[${i}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(place, 'is not an object');
  const members = value as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, inner] of Object.entries(shape as Record<string, Shape>)) {
    const key = name.replace('?', '');
    known.add(key);
    const member = Object.hasOwn(members, key) ? members[key] : undefined;
    if (member === undefined && name.endsWith('?')) continue;
    out[key] = step(inner, member, `${place}.${key}`);
  }
  const extra = closed ? Object.keys(members).find((key) => !known.has(key)) : undefined;
  if (extra !== undefined) throw fault(`${place}.${extra}`, 'is unknown');
  return out;
}
