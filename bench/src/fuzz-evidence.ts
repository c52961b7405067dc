import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isEncryptechError } from '@encryptech/base';
import type { Figure } from './figure.ts';
import { fuzzTargets, HOSTILE, type FuzzTarget } from './fuzz-targets.ts';
import { mutateBytes, randomNumbers } from './mutate-bytes.ts';

/** What a parser did with all its inputs. */
export interface FuzzOutcome {
  readonly name: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  /** Ends that are neither a result nor an error of this product, as text; none is the goal. */
  readonly untyped: readonly string[];
  readonly slowestMs: number;
}

const GOAL_MS = 250;
/** Of resident memory at its highest, most of which is room that the collector keeps. */
const GOAL_MIB = 512;
const BREATHE = 2_000;
/** One changed input of this many is made from hostile bytes, the others from good ones. */
const HOSTILE_SHARE = 16;

/**
 * Bytes that a stranger might send, for each parser of evidence and endorsements: every cut of every seed, then `inputs`
 * changed seeds, the same in every run. Each must end in a result or in a typed error, soon, in bounded memory.
 */
export async function fuzzEvidence(): Promise<Figure[]> {
  const inputs = Number(process.env['ENCRYPTECH_INPUTS'] ?? 1_000_000);
  const settings = { inputs, seed: 1 };
  const started = process.memoryUsage().rss;
  let highest = started;
  const outcomes: FuzzOutcome[] = [];
  const targets = await fuzzTargets();
  const heldAtFirst = heldMiB();
  let heldMost = 0;
  // Stacks of millions of errors, which nobody reads, would take half of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const target of targets) {
    const outcome = await fuzz(target, inputs, () => {
      highest = Math.max(highest, process.memoryUsage().rss);
    });
    outcomes.push(outcome);
    heldMost = Math.max(heldMost, heldMiB() - heldAtFirst);
    process.stderr.write(`${outcome.name}: ${outcome.inputs} inputs, ${outcome.untyped.length} untyped errors\n`);
    for (const text of outcome.untyped.slice(0, 5)) process.stderr.write(`${outcome.name}: ${text}\n`);
  }
  Error.stackTraceLimit = stackTraceLimit;
  const figures = outcomes.map(({ name, inputs: tried, untyped }): Figure => ({
    name: `${name}: ${tried} inputs`,
    figure: untyped.length,
    unit: 'untyped',
    goal: '= 0',
    holds: untyped.length === 0,
    settings,
  }));
  const slowest = Math.max(...outcomes.map(({ slowestMs }) => slowestMs));
  const grownMiB = (highest - started) / 2 ** 20;
  return [
    ...figures,
    {
      name: 'inputs in all',
      figure: outcomes.reduce((sum, { inputs: tried }) => sum + tried, 0),
      unit: 'inputs',
      goal: null,
      holds: null,
      settings,
    },
    { name: 'slowest input', figure: slowest, unit: 'ms', goal: `<= ${GOAL_MS}`, holds: slowest <= GOAL_MS, settings },
    {
      name: 'memory held after a collection',
      figure: heldMost,
      unit: 'MiB',
      goal: null,
      holds: null,
      settings,
    },
    {
      name: 'resident memory grown, at its highest',
      figure: grownMiB,
      unit: 'MiB',
      goal: `<= ${GOAL_MIB}`,
      holds: grownMiB <= GOAL_MIB,
      settings,
    },
  ];
}

/** One target's outcome; `onBreath` is called now and then. */
export async function fuzz(target: FuzzTarget, inputs: number, onBreath: () => void = () => {}): Promise<FuzzOutcome> {
  const { name, seeds, parse, share = 1 } = target;
  const random = randomNumbers(1);
  const outcome = { name, inputs: 0, accepted: 0, refused: 0, untyped: [] as string[], slowestMs: 0 };
  /** The same input once more: on a busy machine the first time may have been somebody else's. */
  const again = async (bytes: Uint8Array, firstMs: number): Promise<number> => {
    const before = performance.now();
    await Promise.allSettled([(async () => parse(bytes))()]);
    return Math.min(firstMs, performance.now() - before);
  };
  const attempt = async (bytes: Uint8Array): Promise<void> => {
    outcome.inputs++;
    const before = performance.now();
    try {
      const result = parse(bytes);
      // Waiting costs more than most parsers, so only what is a promise is waited for.
      if (result instanceof Promise) await result;
      outcome.accepted++;
    } catch (error) {
      if (isEncryptechError(error) && error.code.startsWith('attestation.')) outcome.refused++;
      else outcome.untyped.push(`${String(error)} (${Buffer.from(bytes.subarray(0, 64)).toString('hex')})`);
    }
    const elapsedMs = performance.now() - before;
    if (elapsedMs > outcome.slowestMs) outcome.slowestMs = Math.max(outcome.slowestMs, await again(bytes, elapsedMs));
    if (outcome.inputs % BREATHE === 0) {
      onBreath();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (const seed of seeds)
    for (let length = 0; length < seed.length; length += share) await attempt(seed.subarray(0, length));
  for (const seed of [...seeds, ...HOSTILE]) await attempt(seed);
  const wanted = Math.ceil(inputs / share);
  for (let i = 0; i < wanted; i++) await attempt(mutateBytes(i % HOSTILE_SHARE === 0 ? HOSTILE : seeds, random));
  return outcome;
}

/** What is held after a collection, of the heap and of buffers beside it. */
function heldMiB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
