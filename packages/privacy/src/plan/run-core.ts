import { canonicalJson, fromHex, digestOf, utf8 } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { privacyError } from '../errors.ts';
import { deriveKeystream } from '../noise/derive-keystream.ts';
import type { Summation } from '../noise/float32-sum-error.ts';
import { gridNoise } from '../noise/grid-noise.ts';
import { noiseScale, type NoiseScale } from '../noise/noise-scale.ts';
import { chooseIndex } from '../sampling/choose-index.ts';
import { sampleUnits } from '../sampling/sample-units.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';

/** One step as it is accounted. Nothing of it depends on the data. */
export interface AccountingEvent {
  readonly mechanism: 'poisson-sampled-discrete-gaussian';
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
  /** When given, the noise covers the worst case of float32 addition, not only its usual size. */
  readonly summation?: Summation | undefined;
  /** Called once a step, before its rows are handed out. */
  readonly onAccounting?: ((event: AccountingEvent) => void) | undefined;
}

/**
 * Draws the batches and the noise of a plan, step by step: a step is drawn once, in order, and every parameter of it gets
 * noise once before the next.
 */
export class RunCore {
  /** Grid, noise and sensitivity of a step's sum. */
  readonly scale: NoiseScale;
  readonly #plan: PrivacyPlanJson;
  readonly #root: Uint8Array;
  readonly #context: Uint8Array;
  readonly #units: readonly ArrayLike<number>[];
  readonly #lengths: ReadonlyMap<string, number>;
  readonly #onAccounting: ((event: AccountingEvent) => void) | undefined;
  #next: number;
  /** Parameters of the drawn step that have no noise yet. */
  #pending = new Set<string>();

  constructor(plan: PrivacyPlanJson, options: RunOptions) {
    const { root, units, parameters, fromStep = 0, summation, onAccounting } = options;
    checkRun(plan, options);
    this.#plan = plan;
    this.#root = Uint8Array.from(root);
    this.#units = units;
    this.#lengths = new Map(parameters.map(({ name, length }) => [name, length]));
    this.#onAccounting = onAccounting;
    this.#next = fromStep;
    const dimension = parameters.reduce((sum, { length }) => sum + length, 0);
    this.scale = noiseScale({ ...plan, dimension: Math.max(1, dimension), summation });
    const { adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant } =
      plan;
    // Two runs that differ in any of this share no batch and no noise, even under one root.
    const facts = {
      plan: { adjacency, unit, clipNorm, noiseMultiplier, samplingRate, steps, deltaExponent, epsilon, accountant },
      parameters: parameters.map(({ name, length }) => ({ name, length })),
      grid: this.scale.grid,
    };
    this.#context = fromHex(digestOf(utf8(canonicalJson(facts))));
  }

  /** The step that `draw` expects next; the number of steps accounted so far. */
  get nextStep(): number {
    return this.#next;
  }

  /**
   * The rows of the step's batch: every unit takes part with the plan's sampling rate, independently, and gives one of its
   * rows. Maybe none at all. Drawing is what is accounted.
   *
   * @throws `privacy.stepOrder` for any step but the next, past the end, or before all noise of the last one was drawn
   */
  draw(step: number): Uint32Array {
    const { samplingRate, noiseMultiplier, adjacency, steps } = this.#plan;
    if (step !== this.#next || step >= steps || this.#pending.size > 0) {
      throw privacyError({
        code: 'privacy.stepOrder',
        message:
          this.#pending.size > 0
            ? `Step ${this.#next - 1} has ${this.#pending.size} parameters without noise.`
            : `Step ${step} can not be drawn: the next is ${this.#next} of ${steps}.`,
        data: { step, next: this.#next, steps },
      });
    }
    this.#next += 1;
    this.#pending = new Set(this.#lengths.keys());
    this.#onAccounting?.({
      mechanism: 'poisson-sampled-discrete-gaussian',
      step,
      samplingRate,
      noiseMultiplier,
      adjacency,
    });
    const drawn = sampleUnits(this.#keystream('sample', step), samplingRate, this.#units.length);
    const choices = this.#keystream('choose', step);
    return drawn.map((unit) => {
      const rows = this.#units[unit]!;
      return rows[chooseIndex(choices, rows.length)]!;
    });
  }

  /**
   * The parameter's clipped sum of the step just drawn, rounded to the grid and noised.
   *
   * The noise grows from the root, the step, the parameter and the rounded sum itself. Whoever repeats a step sees what is
   * known already. A step that comes out otherwise, on a processor that rounds otherwise or from other weights, has other
   * noise: under one noise, two such releases would show the difference of two sums bare.
   *
   * @throws `privacy.badNoiseRequest` for another step, an unknown parameter, one that has its noise, or another length;
   * `privacy.notFinite` for sums that no grid point is near
   */
  noise(step: number, name: string, sums: Float32Array | Float64Array): Float64Array {
    if (step !== this.#next - 1 || !this.#pending.has(name) || sums.length !== this.#lengths.get(name)) {
      throw privacyError({
        code: 'privacy.badNoiseRequest',
        message: `There is no noise for "${name.slice(0, 80)}" of length ${sums.length} in step ${step}: each parameter of the step last drawn gets noise once.`,
        data: { step, length: sums.length },
      });
    }
    const noised = gridNoise(sums, this.scale, (rounded) =>
      this.#keystream('noise', step, name, sha256(littleEndian(rounded))),
    );
    this.#pending.delete(name);
    return noised;
  }

  #keystream(label: 'sample' | 'choose' | 'noise', step: number, name?: string, sums?: Uint8Array) {
    return deriveKeystream(this.#root, this.#context, {
      label,
      step,
      ...(name === undefined ? {} : { name }),
      ...(sums === undefined ? {} : { sums }),
    });
  }
}

/** The numbers as bytes, the same on every machine. */
function littleEndian(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer.slice(0));
  const isBig = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
  if (isBig) for (let at = 0; at < bytes.length; at += 8) bytes.subarray(at, at + 8).reverse();
  return bytes;
}

function checkRun(plan: PrivacyPlanJson, { root, units, parameters, fromStep = 0 }: RunOptions): void {
  const names = new Set(parameters.map(({ name }) => name));
  const fault = !(root instanceof Uint8Array && root.length === 32)
    ? 'The randomness root has 32 bytes.'
    : !Number.isSafeInteger(fromStep) || fromStep < 0 || fromStep > plan.steps
      ? `The first step must be from 0 to ${plan.steps}.`
      : units.some((rows) => rows.length === 0)
        ? 'A privacy unit has at least one row.'
        : parameters.length === 0 || names.size !== parameters.length || parameters.some(({ length }) => !(length > 0))
          ? 'A run has at least one parameter, each with its own name and a length above 0.'
          : undefined;
  if (fault !== undefined) throw privacyError({ code: 'privacy.badParameter', message: fault });
}
