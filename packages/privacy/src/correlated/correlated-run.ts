import { canonicalJson, digestOf, fromHex, utf8, type Json } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { privacyError } from '../errors.ts';
import { deriveKeystream } from '../noise/derive-keystream.ts';
import { gridNoise } from '../noise/grid-noise.ts';
import { noiseScale, type NoiseScale } from '../noise/noise-scale.ts';
import type { Summation } from '../noise/float32-sum-error.ts';
import { chooseIndex } from '../sampling/choose-index.ts';
import { sampleUnits } from '../sampling/sample-units.ts';
import type { CorrelatedPlan } from './correlated-plan.ts';

export interface CorrelatedRunOptions {
  /** 32 secret random bytes for this run alone. */
  readonly root: Uint8Array;
  /** The row numbers of each privacy unit, in the order in which passes take them. */
  readonly units: readonly ArrayLike<number>[];
  readonly parameters: readonly { readonly name: string; readonly length: number }[];
  readonly summation?: Summation | undefined;
}

/**
 * Batches and correlated noise, step by step, from the first to the last: it can't be resumed in the middle, since each step
 * needs the sums of the ones before, which are as private as the rows. The same root repeats a run.
 *
 * What is released is a function of C·x + z, where x are the clipped sums, z is discrete Gaussian noise on the grid, fresh
 * in each step, and C is banded: C⁻¹ of it is the sums plus C⁻¹z. C·x is rounded, never x + C⁻¹z, so no low bits of a
 * floating-point sum get out.
 */
export class CorrelatedRun {
  readonly scale: NoiseScale;
  readonly #plan: Omit<CorrelatedPlan, 'begin' | 'epsilon' | 'charge'>;
  readonly #coefficients: Float64Array;
  readonly #options: CorrelatedRunOptions;
  readonly #root: Uint8Array;
  readonly #context: Uint8Array;
  readonly #group: Uint16Array;
  /** By parameter, the last sums and the last releases, the newest first. */
  readonly #history: ReadonlyMap<string, { sums: Float64Array[]; released: Float64Array[]; length: number }>;
  readonly #pending = new Set<string>();
  #next = 0;

  constructor(
    plan: Omit<CorrelatedPlan, 'begin' | 'epsilon' | 'charge'>,
    coefficients: Float64Array,
    options: CorrelatedRunOptions,
  ) {
    const { root, units, parameters, summation } = options;
    const names = new Set(parameters.map(({ name }) => name));
    const isFine =
      root.length === 32 &&
      units.every((rows) => rows.length > 0) &&
      parameters.length > 0 &&
      names.size === parameters.length &&
      parameters.every(({ length }) => length > 0);
    if (!isFine) {
      throw privacyError({
        code: 'privacy.badParameter',
        message: 'A run needs a root of 32 bytes, units of one row or more, and parameters with names of their own.',
      });
    }
    this.#plan = plan;
    this.#coefficients = coefficients;
    this.#options = options;
    this.#root = Uint8Array.from(root);
    this.#history = new Map(parameters.map(({ name, length }) => [name, { sums: [], released: [], length }]));
    // A contribution is rounded in each of the rows that it reaches: as if there were so many more coordinates.
    const dimension = plan.bands * parameters.reduce((sum, { length }) => sum + length, 0);
    this.scale = noiseScale({ ...plan, dimension, summation });
    const { bands, steps, order, adjacency, clipNorm, noiseMultiplier, delta } = plan;
    const facts = {
      correlated: { bands, steps, order: { ...order }, adjacency, clipNorm, noiseMultiplier, delta },
      parameters: parameters.map(({ name, length }) => ({ name, length })),
      grid: this.scale.grid,
    };
    this.#context = fromHex(digestOf(utf8(canonicalJson(facts as unknown as Json))));
    const deal = this.#keystream('choose', 0, 'groups');
    this.#group = Uint16Array.from(units, () => chooseIndex(deal, bands));
  }

  /**
   * The rows of the step's batch.
   *
   * @throws `privacy.stepOrder` for any step but the next, or before all noise of the last one was drawn
   */
  draw(step: number): Uint32Array {
    const { steps, order, bands } = this.#plan;
    if (step !== this.#next || step >= steps || this.#pending.size > 0) {
      throw privacyError({
        code: 'privacy.stepOrder',
        message: `Step ${step} can not be drawn: the next is ${this.#next} of ${steps}, with ${this.#pending.size} parameters left without noise.`,
        data: { step, next: this.#next, steps },
      });
    }
    this.#next += 1;
    for (const name of this.#history.keys()) this.#pending.add(name);
    const { units } = this.#options;
    const choices = this.#keystream('choose', step);
    return this.#unitsOf(step, order, bands, units.length).map((unit) => {
      const rows = units[unit]!;
      return rows[chooseIndex(choices, rows.length)]!;
    });
  }

  #unitsOf(step: number, order: CorrelatedPlan['order'], bands: number, count: number): Uint32Array {
    if (order.kind === 'passes') {
      const perPass = this.#plan.steps / order.passes;
      const [from, to] = [0, 1].map((k) => Math.floor((count * ((step % perPass) + k)) / perPass)) as [number, number];
      return Uint32Array.from({ length: to - from }, (_, i) => from + i);
    }
    // Every unit is drawn, whatever its group, so that time doesn't tell the groups' sizes.
    const drawn = sampleUnits(this.#keystream('sample', step), Math.min(1, bands * order.samplingRate), count);
    return drawn.filter((unit) => this.#group[unit] === step % bands);
  }

  /**
   * The parameter's clipped sum of the step just drawn, plus its noise of this step, correlated with that of the steps before.
   *
   * @throws `privacy.badNoiseRequest` for another step, an unknown parameter, one that has its noise, or another length;
   * `privacy.notFinite`
   */
  noise(step: number, name: string, sums: Float32Array | Float64Array): Float64Array {
    const history = this.#history.get(name);
    if (step !== this.#next - 1 || !this.#pending.has(name) || sums.length !== history?.length) {
      throw privacyError({
        code: 'privacy.badNoiseRequest',
        message: `There is no noise for "${name.slice(0, 80)}" of length ${sums.length} in step ${step}: each parameter of the step last drawn gets noise once.`,
        data: { step, length: sums.length },
      });
    }
    const window = [Float64Array.from(sums), ...history.sums];
    const noised = gridNoise(this.#weighted(window, 0), this.scale, (rounded) =>
      this.#keystream('noise', step, name, sha256(new Uint8Array(rounded.buffer.slice(0)))),
    );
    // C⁻¹ row by row: what the releases before already hold is taken off.
    const before = this.#weighted(history.released, 1);
    const released = noised.map((value, i) => (value - (before[i] ?? 0)) / this.#coefficients[0]!);
    const kept = this.#coefficients.length - 1;
    history.sums = window.slice(0, kept);
    history.released = [released, ...history.released].slice(0, kept);
    this.#pending.delete(name);
    return Float64Array.from(released);
  }

  /** Σ_j c_{j+shift}·list[j], the newest first. */
  #weighted(list: readonly Float64Array[], shift: number): Float64Array {
    const sum = new Float64Array(list[0]?.length ?? 0);
    list.forEach((values, j) => {
      const c = this.#coefficients[j + shift];
      if (c === undefined) return;
      for (let i = 0; i < sum.length; i++) sum[i]! += c * values[i]!;
    });
    return sum;
  }

  #keystream(label: 'sample' | 'choose' | 'noise', step: number, name?: string, sums?: Uint8Array) {
    return deriveKeystream(this.#root, this.#context, {
      ...{ label, step },
      ...(name === undefined ? {} : { name }),
      ...(sums === undefined ? {} : { sums }),
    });
  }
}
