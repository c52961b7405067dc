import { attestationError } from '../errors.ts';
import { TEE_KINDS } from '../evidence.ts';
import type { AppraisalPolicy } from './appraisal-policy.ts';

const MAX_TEXT = 262_144;
const MAX_ENTRIES = 1_000;

type Check = (value: unknown) => boolean;

const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const flag: Check = (value) => typeof value === 'boolean';
const matching = (pattern: RegExp): Check => {
  return (value) => typeof value === 'string' && pattern.test(value);
};
const listOf = (entry: Check): Check => {
  return (value) =>
    Array.isArray(value) &&
    value.length <= MAX_ENTRIES &&
    new Set(value).size === value.length &&
    Array.from(value).every(entry);
};

const kind: Check = (value) => TEE_KINDS.some((known) => known === value);
const digest = matching(/^0x[0-9a-f]{64}$/);
const measurement = matching(/^0x(?:[0-9a-f]{64}|[0-9a-f]{96})$/);

const svn: Check = (value) => whole(value) && (value as number) <= 255;

/** Closed like the policy: products that are known, and exactly the parts that they have. */
function minimumTcb(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(([product, tcb]) => {
      const parts = TCB_PARTS.get(product);
      return (
        parts !== undefined &&
        isObject(tcb) &&
        Object.keys(tcb).length === parts.length &&
        parts.every((part) => Object.hasOwn(tcb, part) && svn(tcb[part]))
      );
    })
  );
}

const OLDER_PARTS = ['bootloader', 'tee', 'snp', 'microcode'];
const TCB_PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Milan', OLDER_PARTS],
  ['Genoa', OLDER_PARTS],
  ['Turin', ['fmc', ...OLDER_PARTS]],
]);

const REQUIRED: Readonly<Record<string, readonly [Check, string]>> = {
  version: [(value) => value === 1, 'must be 1'],
  kinds: [listOf(kind), `must list kinds out of ${TEE_KINDS.join(', ')}, each once`],
  measurements: [listOf(measurement), 'must list lower-case hex of 32 or 48 bytes, each once'],
  minLevel: [(value) => [0, 1, 2, 3].some((level) => level === value), 'must be 0, 1, 2 or 3'],
  acceptedAdvisories: [listOf(matching(/^[A-Z0-9-]{1,40}$/)), 'must list advisory names, each once'],
  tcbGraceSec: [whole, 'must be a whole number of seconds'],
  minEvaluationNumber: [whole, 'must be a whole number'],
  collateralSoftAgeSec: [whole, 'must be a whole number of seconds'],
  deniedDevices: [listOf(digest), 'must list lower-case hex of 32 bytes, each once'],
  registeredDevices: [listOf(digest), 'must list lower-case hex of 32 bytes, each once'],
  reproducibleMeasurements: [listOf(measurement), 'must list lower-case hex of 32 or 48 bytes, each once'],
};
const OPTIONAL: Readonly<Record<string, readonly [Check, string]>> = {
  snpMinimumTcb: [
    minimumTcb,
    'must give fmc (Turin only), bootloader, tee, snp and microcode from 0 to 255 by product (Milan, Genoa, Turin)',
  ],
  insecureAllowDevelopment: [flag, 'must be true or false'],
  insecureAllowServiceTd: [flag, 'must be true or false'],
  insecureAllowSeptVe: [flag, 'must be true or false'],
  insecureAllowVmpl: [flag, 'must be true or false'],
};

/**
 * The policy in a JSON text or a parsed value, member for member as it was written, so that its digest is the document's.
 *
 * @throws `attestation.badPolicy` for a missing, unknown or out-of-range member, with its name as `place`
 */
export function parseAppraisalPolicy(input: unknown): AppraisalPolicy {
  const value = parseText(input);
  if (!isObject(value)) throw bad('policy', 'must be an object');
  const members = Object.entries(value);
  for (const [name, member] of members) {
    const rule = ownRule(REQUIRED, name) ?? ownRule(OPTIONAL, name);
    if (rule === undefined) throw bad(name.slice(0, 60), 'is not known');
    const [check, message] = rule;
    if (!check(member)) throw bad(name, message);
  }
  const missing = Object.keys(REQUIRED).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw bad(missing, 'is missing');
  // Copied, so that nobody changes a policy between its digest and its use.
  return Object.freeze(
    Object.fromEntries(members.map(([name, member]) => [name, frozenCopy(member)])),
  ) as unknown as AppraisalPolicy;
}

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze([...(value as unknown[])]);
  if (!isObject(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, frozenCopy(member)])));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ownRule = (rules: typeof REQUIRED, name: string) => (Object.hasOwn(rules, name) ? rules[name] : undefined);

function parseText(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  if (input.length > MAX_TEXT) throw bad('policy', `is longer than ${MAX_TEXT} characters`);
  try {
    return JSON.parse(input) as unknown;
  } catch {
    throw bad('policy', 'is not JSON');
  }
}

const bad = (place: string, message: string): Error =>
  attestationError({ code: 'attestation.badPolicy', message: `Appraisal policy: ${place} ${message}.`, place });
