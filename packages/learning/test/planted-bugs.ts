import { createPlan, type PlanRun, type PrivacyPlan } from '@encryptech/privacy';
import { Tensor } from 'onnxruntime-common';
import { clipOf, mapped, normOf, rowsOf, scalar, type PlantedBug } from './planted-bug.ts';

/** Larger than any gradient here: nothing is clipped. */
const UNCLIPPED = scalar(1e9);

/** The plan with other numbers and no claim. */
function otherwise(plan: PrivacyPlan, change: Partial<PrivacyPlan>): PrivacyPlan {
  const { epsilon: _, ...rest } = plan.toJSON();
  return createPlan({ ...rest, ...change });
}

/** A run whose noise is changed: `wrong` gets the sums and what should have been released. */
function noisedBy(
  run: PlanRun,
  wrong: (sums: Float64Array, released: Float64Array, step: number, name: string) => Float64Array,
): PlanRun {
  const noise = run.noise.bind(run);
  run.noise = (step, name, sums) => wrong(Float64Array.from(sums), noise(step, name, sums), step, name);
  return run;
}

/** Uniform numbers of a small generator: enough for a mistake. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** The order of `count` rows in an epoch. */
function shuffled(count: number, epoch: number): number[] {
  const next = uniform(977 + epoch);
  return Array.from({ length: count }, (_, i) => [next(), i] as const)
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i);
}

/**
 * Mistakes that private training makes in practice, each at a seam of the real pipeline. Batch normalisation is the twelfth: it
 * comes with a model and needs no plant.
 */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'mean instead of sum',
    step: async (call) => {
      const rows = Math.max(1, rowsOf(call));
      return mapped(await call.run(), (value) => value / rows);
    },
  },
  { name: 'no noise', begin: (plan, _, begin) => noisedBy(begin(plan), (sums) => sums) },
  {
    name: 'half noise',
    begin: (plan, _, begin) => begin(otherwise(plan, { noiseMultiplier: Math.max(0.001, plan.noiseMultiplier / 2) })),
  },
  {
    name: 'wrong q',
    begin: (plan, _, begin) => begin(otherwise(plan, { samplingRate: Math.min(1, 2.5 * plan.samplingRate) })),
  },
  {
    name: 'shuffled batches',
    begin: (plan, { units }, begin) => {
      const run = begin(plan);
      const draw = run.draw.bind(run);
      const size = Math.max(1, Math.round(plan.samplingRate * units.length));
      const batches = Math.max(1, Math.floor(units.length / size));
      run.draw = (step) => {
        draw(step);
        const order = shuffled(units.length, Math.floor(step / batches));
        const from = (step % batches) * size;
        return Uint32Array.from(order.slice(from, from + size), (unit) => units[unit]![0]!);
      };
      return run;
    },
  },
  {
    name: 'NaN',
    step: async (call) => {
      const isBroken = Object.values(call.inputs).some(
        ({ data }) => data instanceof Float32Array && data.some(Number.isNaN),
      );
      return mapped(await call.run(), (value) => (isBroken ? Number.NaN : value));
    },
  },
  {
    name: 'microbatch clipping',
    step: async (call) => {
      const sums = await call.run({ clipNorm: UNCLIPPED });
      const factor = Math.min(1, clipOf(call) / Math.max(1e-30, normOf(sums)));
      return mapped(sums, (value) => factor * value);
    },
  },
  { name: 'clip off by a factor', step: (call) => call.run({ clipNorm: scalar(2 * clipOf(call)) }) },
  {
    name: 'reused noise',
    begin: (plan, _, begin) => {
      const first = new Map<string, Float64Array>();
      return noisedBy(begin(plan), (sums, released, __, name) => {
        if (!first.has(name))
          first.set(
            name,
            released.map((value, i) => value - sums[i]!),
          );
        return sums.map((value, i) => value + first.get(name)![i]!);
      });
    },
  },
  {
    name: 'noise before clipping',
    begin: (plan, _, begin) => noisedBy(begin(plan), (sums) => sums),
    step: async (call) => {
      const mask = call.inputs['mask']!.data as Float32Array;
      const total = mapped(
        await call.run({
          mask: new Tensor(
            'float32',
            mask.map(() => 0),
            [mask.length],
          ),
        }),
        () => 0,
      );
      const next = uniform(4711);
      for (const row of mask.keys()) {
        if (!(mask[row]! > 0)) continue;
        const alone = new Tensor(
          'float32',
          mask.map((_, i) => (i === row ? 1 : 0)),
          [mask.length],
        );
        const gradient = await call.run({ mask: alone, clipNorm: UNCLIPPED });
        // Twelve uniform numbers less six: near enough to a normal one.
        const noised = mapped(
          gradient,
          (value) => value + Array.from({ length: 12 }, next).reduce((a, b) => a + b, -6),
        );
        const factor = Math.min(1, clipOf(call) / normOf(noised));
        for (const [k, { data }] of Object.entries(noised)) {
          (data as Float32Array).forEach((value, i) => ((total[k]!.data as Float32Array)[i]! += factor * value));
        }
      }
      return total;
    },
  },
  { name: 'accounting one step short', accounted: (steps) => Math.max(1, steps - 1) },
];
