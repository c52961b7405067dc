import { canonicalJson, fromHex, digestOf, utf8 } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { NoiseWindow } from '../correlated/noise-window.ts';
import { privacyError } from '../errors.ts';
import { deriveKeystream, type KeystreamPurpose } from '../noise/derive-keystream.ts';
import type { Summation } from '../noise/float32-sum-error.ts';
import { gridNoise } from '../noise/grid-noise.ts';
import { bytesOfIntegers, littleEndian } from '../noise/bytes-of-numbers.ts';
import type { Keystream } from '../noise/keystream.ts';
import { noiseScale, type NoiseScale } from '../noise/noise-scale.ts';
import { batchUnits } from '../sampling/batch-units.ts';
import { chooseIndex } from '../sampling/choose-index.ts';
import { ADAPTIVE_NORMS } from './clipping.ts';
import { clippingNoise } from './clipping-noise.ts';
import { nextClipNorm } from './next-clip-norm.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';

/** One step as it is accounted. Nothing of it depends on the data. */
export interface AccountingEvent {
  readonly mechanism: 'poisson-sampled-discrete-gaussian' | 'banded-discrete-gaussian';
  readonly step: number;
  readonly samplingRate: number;
  readonly noiseMultiplier: number;
  readonly adjacency: PrivacyPlanJson['adjacency'];
}

export interface RunOptions {
  /** 32 secret random bytes for this run alone. */
  readonly root: Uint8Array;
  /** The row numbers of each privacy unit, each with at least one row. */
  readonly units: readonly ArrayLike<number>[];
  /** All parameters whose sums get noise, and their lengths. */
  readonly parameters: readonly { readonly name: string; readonly length: number }[];
  /** The first step, when the steps before it have been run under the same root; 0 when left out. */
  readonly fromStep?: number | undefined;
  /**
   * When given, the noise covers the worst case of float32 addition, not only its usual size. A plan whose clipping is adaptive
   * needs it: its expected batch is what counts are shares of.
   */
  readonly summation?: Summation | undefined;
  /** The clip norm of step `fromStep`, which the run before came to: for a plan whose clipping is adaptive, and none else. */
  readonly clipNorm?: number | undefined;
  /** The {@link RunCore.window} of the run before, where noise is correlated and `fromStep` is not 0. */
  readonly window?: Float64Array | undefined;
  /** Called once a step, before its rows are handed out. */
  readonly onAccounting?: ((event: AccountingEvent) => void) | undefined;
}

/**
 * Draws the batches and the noise of a plan, step by step: a step is drawn once, in order, and every parameter of it gets
 * noise once before the next.
 */
export class RunCore {
  readonly #plan: PrivacyPlanJson;
  readonly #root: Uint8Array;
  readonly #context: Uint8Array;
  /** The rows of all units, one unit after the other, and where each begins: a draw then stays in the processor's caches. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #places: ReadonlyMap<string, { readonly start: number; readonly length: number }>;
  readonly #window: NoiseWindow | undefined;
  readonly #unitsOf: (step: number) => Uint32Array;
  readonly #onAccounting: ((event: AccountingEvent) => void) | undefined;
  readonly #dimension: number;
  readonly #summation: Summation | undefined;
  #next: number;
  #clipNorm: number;
  #scale: NoiseScale;
  /** Parameters of the drawn step that have no noise yet. */
  #pending = new Set<string>();
  /** The count of the drawn step has no noise yet. */
  #isCountPending = false;
  /** The clip norm of the next step, until the drawn one has all its noise. */
  #nextNorm: number | undefined;
  #augmentKey: { step: number; keystream: Keystream } | undefined;

  constructor(plan: PrivacyPlanJson, options: RunOptions) {
    const { root, units, parameters, fromStep = 0, summation, onAccounting } = options;
    checkRun(plan, options);
    this.#plan = plan;
    this.#root = Uint8Array.from(root);
    this.#starts = new Uint32Array(units.length + 1);
    for (const [unit, rows] of units.entries()) this.#starts[unit + 1] = this.#starts[unit]! + rows.length;
    this.#rows = new Uint32Array(this.#starts[units.length]!);
    for (const [unit, rows] of units.entries()) this.#rows.set(rows, this.#starts[unit]);
    this.#onAccounting = onAccounting;
    this.#next = fromStep;
    let total = 0;
    const places = new Map<string, { start: number; length: number }>();
    for (const { name, length } of parameters) {
      places.set(name, { start: total, length });
      total += length;
    }
    this.#places = places;
    const { correlation } = plan;
    const bands = correlation?.bands ?? 1;
    // A contribution is rounded in each of the rows that it reaches: as if there were so many more coordinates.
    this.#dimension = total * bands;
    // One band is fresh noise in each step: nothing is remembered.
    this.#window = bands === 1 ? undefined : new NoiseWindow(bands, total, options.window);
    this.#summation = summation;
    this.#clipNorm = options.clipNorm ?? plan.clipNorm;
    this.#scale = this.#scaleOf(this.#clipNorm);
    const { adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant } =
      plan;
    // Two runs that differ in any of this share no batch and no noise, even under one root.
    const facts = {
      plan: {
        ...{ adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant },
        ...(plan.clipping === undefined ? {} : { clipping: { ...plan.clipping } }),
        ...(correlation === undefined ? {} : { correlation: { ...correlation } }),
      },
      parameters: parameters.map(({ name, length }) => ({ name, length })),
      grid: this.#scaleOf(clipNorm).grid,
    };
    this.#context = fromHex(digestOf(utf8(canonicalJson(facts))));
    this.#unitsOf = batchUnits(plan, units.length, (purpose) => this.#keystream(purpose));
  }

  /** Grid, noise and sensitivity of the sum of the step drawn last, or of the next one once that has all its noise. */
  get scale(): NoiseScale {
    return this.#scale;
  }

  /** Standard deviation of the noise in an entry of what was released for the step drawn last. */
  get deviation(): number {
    return this.#scale.deviation * (this.#window?.growth(Math.max(0, this.#next - 1)) ?? 1);
  }

  /**
   * What a run of a plan with correlated noise needs to go on from its next step, undefined for others: sums of the steps
   * before, less what was released. As private as the rows. To be read when the step drawn last has all its noise.
   */
  get window(): Float64Array | undefined {
    return this.#window?.values;
  }

  /** The norm that each gradient of that step is to be clipped to. */
  get clipNorm(): number {
    return this.#clipNorm;
  }

  /** The step that `draw` expects next; the number of steps accounted so far. */
  get nextStep(): number {
    return this.#next;
  }

  /**
   * The rows of the step's batch: every unit takes part with the plan's sampling rate, independently (or, under correlated
   * noise, in the plan's order), and gives one of its rows. Maybe none at all. Drawing is what is accounted.
   *
   * @throws `privacy.stepOrder` for any step but the next, past the end, or before all noise of the last one was drawn
   */
  draw(step: number): Uint32Array {
    const { samplingRate, noiseMultiplier, adjacency, steps, correlation } = this.#plan;
    const missing = this.#pending.size + Number(this.#isCountPending);
    if (step !== this.#next || step >= steps || missing > 0) {
      throw privacyError({
        code: 'privacy.stepOrder',
        message:
          missing > 0
            ? `Step ${this.#next - 1} has ${missing} parameters${this.#isCountPending ? ' or counts' : ''} without noise.`
            : `Step ${step} can not be drawn: the next is ${this.#next} of ${steps}.`,
        data: { step, next: this.#next, steps },
      });
    }
    this.#next += 1;
    this.#pending = new Set(this.#places.keys());
    this.#isCountPending = this.#plan.clipping?.kind === 'adaptive';
    this.#onAccounting?.({
      mechanism: correlation === undefined ? 'poisson-sampled-discrete-gaussian' : 'banded-discrete-gaussian',
      step,
      samplingRate,
      noiseMultiplier,
      adjacency,
    });
    const choices = this.#keystream({ label: 'choose', step });
    return this.#unitsOf(step).map((unit) => {
      const start = this.#starts[unit]!;
      return this.#rows[start + chooseIndex(choices, this.#starts[unit + 1]! - start)]!;
    });
  }

  /**
   * The parameter's clipped sum of the step just drawn, rounded to the grid and noised; where noise is correlated, with the
   * noise of the steps before taken off in part.
   *
   * The noise grows from the root, the step, the parameter and the rounded sum itself. Whoever repeats a step sees what is
   * known already. A step that comes out otherwise, on a processor that rounds otherwise or from other weights, has other
   * noise: under one noise, two such releases would show the difference of two sums bare.
   *
   * @throws `privacy.badNoiseRequest` for another step, an unknown parameter, one that has its noise, or another length;
   * `privacy.notFinite` for sums that no grid point is near
   */
  noise(step: number, name: string, sums: Float32Array | Float64Array): Float64Array {
    const place = this.#places.get(name);
    if (step !== this.#next - 1 || !this.#pending.has(name) || sums.length !== place?.length) {
      throw privacyError({
        code: 'privacy.badNoiseRequest',
        message: `There is no noise for "${name.slice(0, 80)}" of length ${sums.length} in step ${step}: each parameter of the step last drawn gets noise once.`,
        data: { step, length: sums.length },
      });
    }
    const { start } = place;
    const weighted = this.#window?.weighted(step, start, sums) ?? sums;
    const noised = gridNoise(weighted, this.#scale, (rounded) => {
      // The context holds the first step's grid; two grids must not share noise.
      const grids = this.#plan.clipping?.kind === 'adaptive' ? [littleEndian(Float64Array.of(this.#scale.grid))] : [];
      const digest = [...grids, bytesOfIntegers(rounded)].reduce((hash, bytes) => hash.update(bytes), sha256.create());
      return this.#keystream({ label: 'noise', step, name, sums: digest.digest() });
    });
    const released = this.#window?.release(step, start, sums, noised) ?? noised;
    this.#pending.delete(name);
    this.#endStep();
    return released;
  }

  /**
   * Takes in how many gradients of the step just drawn were no longer than {@link clipNorm}, as one number: +1 for each row of
   * which that holds, −1 for each other. What goes on from here is that number with noise of its own; the clip norm of the next
   * step follows from it. Only for a plan whose clipping is adaptive, once a step.
   *
   * @throws `privacy.badNoiseRequest`
   */
  noiseCount(step: number, count: number): number {
    const { clipping } = this.#plan;
    if (
      clipping?.kind !== 'adaptive' ||
      step !== this.#next - 1 ||
      !this.#isCountPending ||
      !Number.isSafeInteger(count)
    ) {
      throw privacyError({
        code: 'privacy.badNoiseRequest',
        message: `There is no noise for a count in step ${step}: a plan whose clipping is adaptive takes one whole number a step.`,
        data: { step },
      });
    }
    const { count: noiseMultiplier } = clippingNoise(this.#plan);
    const scale = noiseScale({ clipNorm: 1, noiseMultiplier: noiseMultiplier!, dimension: 1 });
    const [noisedCount] = gridNoise(Float64Array.of(count), scale, (rounded) => {
      const state = Float64Array.of(this.#clipNorm, scale.grid, ...rounded);
      return this.#keystream({ label: 'count', step, sums: sha256(littleEndian(state)) });
    });
    const { expectedBatch } = this.#summation!;
    this.#nextNorm = nextClipNorm({ clipNorm: this.#clipNorm, noisedCount: noisedCount!, expectedBatch, clipping });
    this.#isCountPending = false;
    this.#endStep();
    return noisedCount!;
  }

  /**
   * Random words for transforming a row of the step just drawn before its gradient is taken: of their own for each step and row,
   * and the same however the batch is cut. They say nothing of the data, and must not leave: who is transformed how then tells
   * nothing of who else was drawn.
   *
   * @throws `privacy.badNoiseRequest` for another step
   */
  augmentation(step: number, row: number): Keystream {
    if (step !== this.#next - 1 || !Number.isSafeInteger(row) || row < 0 || row >= 2 ** 32) {
      throw privacyError({
        code: 'privacy.badNoiseRequest',
        message: `Row ${row} of step ${step} is not transformed: only rows of the step last drawn are.`,
        data: { step },
      });
    }
    if (this.#augmentKey?.step !== step) {
      this.#augmentKey = { step, keystream: this.#keystream({ label: 'augment', step }) };
    }
    return this.#augmentKey.keystream.branch(row);
  }

  /** The next step's clip norm takes over once all of this step has its noise. */
  #endStep(): void {
    if (this.#nextNorm === undefined || this.#pending.size > 0 || this.#isCountPending) return;
    this.#clipNorm = this.#nextNorm;
    this.#nextNorm = undefined;
    this.#scale = this.#scaleOf(this.#clipNorm);
  }

  #scaleOf(clipNorm: number): NoiseScale {
    const noiseMultiplier = clippingNoise(this.#plan).gradient;
    return noiseScale({ clipNorm, noiseMultiplier, dimension: this.#dimension, summation: this.#summation });
  }

  #keystream(purpose: KeystreamPurpose): Keystream {
    return deriveKeystream(this.#root, this.#context, purpose);
  }
}

function checkRun(
  plan: PrivacyPlanJson,
  { root, units, parameters, fromStep = 0, clipNorm, summation, window }: RunOptions,
): void {
  const isAdaptive = plan.clipping?.kind === 'adaptive';
  const { min, max } = ADAPTIVE_NORMS;
  const names = new Set(parameters.map(({ name }) => name));
  const kept = ((plan.correlation?.bands ?? 1) - 1) * parameters.reduce((sum, { length }) => sum + length, 0);
  const fault = !(root instanceof Uint8Array && root.length === 32)
    ? 'The randomness root has 32 bytes.'
    : !Number.isSafeInteger(fromStep) || fromStep < 0 || fromStep > plan.steps
      ? `The first step must be from 0 to ${plan.steps}.`
      : units.some((rows) => rows.length === 0)
        ? 'A privacy unit has at least one row.'
        : parameters.length === 0 || names.size !== parameters.length || parameters.some(({ length }) => !(length > 0))
          ? 'A run has at least one parameter, each with its own name and a length above 0.'
          : isAdaptive && !(summation !== undefined && summation.expectedBatch > 0)
            ? 'A run whose clipping is adaptive is told its expected batch.'
            : clipNorm !== undefined && !(isAdaptive && clipNorm >= min && clipNorm <= max)
              ? `A run is given a clip norm only where clipping is adaptive, from ${min} to ${max}.`
              : (window?.length ?? 0) !== (fromStep === 0 ? 0 : kept)
                ? 'A run with correlated noise goes on with the window of the steps before, and no other run has one.'
                : undefined;
  if (fault !== undefined) throw privacyError({ code: 'privacy.badParameter', message: fault });
}
