import { createPlan, type PlanRun, type PrivacyPlan, type RunOptions } from '@encryptech/privacy';
import { Tensor } from 'onnxruntime-common';
import { vi } from 'vitest';
import type { Engine, Tensors } from '../src/engine/engine.ts';

/** One call of the compiled step, as the training makes it. */
export interface StepCall {
  readonly inputs: Tensors;
  readonly outputs: readonly string[];
  /** The call as it should be, with other inputs where given. */
  run(changed?: Tensors): Promise<Tensors>;
}

/** A mistake, and where it sits: in what the graph computes, in the run that draws and noises, or in the plan's account. */
export interface PlantedBug {
  readonly name: string;
  readonly step?: (call: StepCall) => Promise<Tensors>;
  readonly begin?: (plan: PrivacyPlan, options: RunOptions, begin: (plan: PrivacyPlan) => PlanRun) => PlanRun;
  readonly accounted?: (steps: number) => number;
}

/** The engine, with the bug in every call of a training step. */
export function bugged(engine: Engine, { step }: PlantedBug): Engine {
  if (step === undefined) return engine;
  return {
    name: engine.name,
    async open(model) {
      const session = await engine.open(model);
      return {
        close: () => session.close(),
        run(inputs, outputs) {
          if (inputs['mask'] === undefined) return session.run(inputs, outputs);
          return step({ inputs, outputs, run: (changed) => session.run({ ...inputs, ...changed }, outputs) });
        },
      };
    },
  };
}

const prototype = Object.getPrototypeOf(
  createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 1,
    samplingRate: 1,
    steps: 1,
    deltaExponent: 5,
    noiseMultiplier: 1,
  }),
) as PrivacyPlan;

/** Runs `work` with the bug in every plan; afterwards plans are as they were. */
export async function withBug<T>({ begin, accounted }: PlantedBug, work: () => Promise<T>): Promise<T> {
  const original = Reflect.get(prototype, 'begin') as PrivacyPlan['begin'];
  const spies = [
    vi.spyOn(prototype, 'begin').mockImplementation(function (this: PrivacyPlan, options) {
      const start = (plan: PrivacyPlan) => original.call(plan, options);
      return begin === undefined ? start(this) : begin(this, options, start);
    }),
  ];
  const mechanism = Object.getOwnPropertyDescriptor(prototype, 'mechanism')!;
  if (accounted !== undefined) {
    Object.defineProperty(prototype, 'mechanism', {
      ...mechanism,
      get(this: PrivacyPlan) {
        const of = (mechanism.get as () => PrivacyPlan['mechanism']).call(this);
        return { ...of, steps: accounted(of.steps) };
      },
    });
  }
  try {
    return await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
    Object.defineProperty(prototype, 'mechanism', mechanism);
  }
}

/** The tensors with every number changed; `k` says which output. */
export const mapped = (tensors: Tensors, change: (value: number, at: number, k: string) => number): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([k, { data, dims }]) => [
      k,
      new Tensor(
        'float32',
        (data as Float32Array).map((value, at) => change(value, at, k)),
        [...dims],
      ),
    ]),
  );

/** How many rows of the call count. */
export const rowsOf = ({ inputs }: StepCall): number =>
  (inputs['mask']!.data as Float32Array).reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);

/** The norm of all outputs together. */
export const normOf = (tensors: Tensors): number =>
  Math.hypot(...Object.values(tensors).flatMap(({ data }) => [...(data as Float32Array)]));

/** The call's clip norm. */
export const clipOf = ({ inputs }: StepCall): number => (inputs['clipNorm']!.data as Float32Array)[0]!;

export const scalar = (value: number): Tensor => new Tensor('float32', Float32Array.of(value), []);
