import type { Builder } from './build/builder.ts';
import type { PlacedCall } from './build/emit-forward.ts';
import { chooseRule } from './choose-rule.ts';
import { differentiate } from './differentiate.ts';
import { onnxError } from './errors.ts';
import { dataTypes } from './graph/data-type.ts';
import { elementCount } from './graph/element-count.ts';
import { intTensor } from './graph/tensor.ts';
import type { PerExampleRule, Value } from './operators/operator.ts';
import { squaredLength } from './operators/squared-length.ts';
import { perExampleRule, usesOf, type RuleSearch } from './per-example-rules.ts';

/** The largest finite float32. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/** What {@link clip} works on. */
export interface Clipping {
  readonly build: Builder;
  readonly calls: readonly PlacedCall[];
  /** Gradients of each example's loss by the batched values, by the model's names. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly parameters: readonly Value[];
  /** The model's names of the values without a batch axis that need a gradient. */
  readonly wanted: ReadonlySet<string>;
  readonly batch: number;
  /** Name of a bool [batch]: the examples that count. */
  readonly counted: string;
  /** Name of the clip norm, a float32 scalar. */
  readonly clipNorm: string;
}

/** Names of the results: norms [batch] and, by parameter, the clipped sum in the parameter's shape. */
export interface Clipped {
  readonly norms: string;
  readonly sums: ReadonlyMap<string, string>;
}

/**
 * Emits per-example gradient norms over all parameters and Σᵢ min(1, C/‖gᵢ‖)·gᵢ over the examples that count.
 *
 * Flat clipping (Abadi et al. 2016). Per parameter, norms come from ghost norms or from materialised gradients, whichever
 * takes fewer operations (mixed ghost clipping, Bu et al. 2022); sums come from materialised gradients, or from one more
 * contraction with the stored activations and the weighted output gradients, without a second backward pass (book-keeping,
 * Bu et al. 2023). An example whose norm is not finite gets the factor 0, and its rows are replaced before they are summed,
 * since 0 · NaN is NaN.
 */
export function clip({ build, calls, gradients, parameters, wanted, batch, counted, clipNorm }: Clipping): Clipped {
  const search: RuleSearch = { build, uses: usesOf(calls), gradients, batch, found: new Map() };
  const choices = parameters.map((parameter) => {
    const rule = perExampleRule(parameter.name, search);
    if (rule === undefined) {
      throw onnxError({ code: 'onnx.notDifferentiable', message: `No gradient reaches "${parameter.name}".` });
    }
    return { parameter, ...squaredNormsOf(rule, build, batch, elementCount(parameter.dims)) };
  });
  const total = build.emit(
    'Sum',
    choices.map(({ squaredNorms }) => squaredNorms),
  );
  const norms = build.emit('Sqrt', [total]);
  const finite = build.emit('LessOrEqual', [norms, build.scalar(MAX_FLOAT32)]);
  const limited = build.emit('Min', [build.scalar(1), build.emit('Div', [clipNorm, norms])]);
  const used = build.emit('And', [finite, counted]);
  const factors = build.emit('Where', [used, limited, build.scalar(0)]);

  // A row that isn't used is replaced by the first that is: with the factor 0, its entries must be finite, no more.
  const position = build.constant(
    intTensor(
      [batch],
      Array.from({ length: batch }, (_, i) => i),
    ),
  );
  const firstUsed = build.emit('ArgMax', [build.emit('Cast', [used], { to: dataTypes.float32.code })], {
    axis: 0,
    keepdims: 1,
  });
  const sources = build.emit('Where', [used, position, firstUsed]);
  const cleaned = (name: string, { batchAxis }: Pick<Value, 'batchAxis'>): string =>
    build.emit('Gather', [name, sources], { axis: batchAxis! });
  const weighted = (gradient: string, output: Value): string => {
    const shape = output.dims.map((_, i) => (i === output.batchAxis ? batch : 1));
    return build.emit('Mul', [cleaned(gradient, output), build.emit('Reshape', [factors, build.ints(shape)])]);
  };
  const anyUsed = build.emit('Greater', [build.emit('ReduceMax', [factors], { keepdims: 0 }), build.scalar(0)]);

  const sums = new Map<string, string>();
  const row = build.emit('Reshape', [factors, build.ints([1, batch])]);
  for (const { parameter, perExample } of choices) {
    if (perExample === undefined) continue;
    const sum = build.emit('MatMul', [row, cleaned(perExample, { batchAxis: 0 })]);
    sums.set(parameter.name, build.emit('Reshape', [sum, build.ints(parameter.dims)]));
  }
  const bySweep = new Map(gradients);
  differentiate(calls, build, {
    wanted: (name) => wanted.has(name) && !sums.has(name),
    gradients: bySweep,
    incoming: (gradient, output) => (output.batchAxis === null ? gradient : weighted(gradient, output)),
    shown: (value) => (value.batchAxis === null ? value : { ...value, name: cleaned(value.name, value) }),
  });
  for (const { parameter, perExample } of choices) {
    const { name } = parameter;
    const sum = perExample === undefined ? bySweep.get(name)! : sums.get(name)!;
    // With no example at all, even the row that replaces the others may hold NaN.
    sums.set(name, build.emit('Where', [anyUsed, sum, build.scalar(0)]));
  }
  return { norms, sums };
}

/** Squared norms of a parameter's gradients; materialised gradients too, as [batch, size], when that is the cheaper way. */
function squaredNormsOf(
  rule: PerExampleRule,
  build: Builder,
  batch: number,
  size: number,
): { squaredNorms: string; perExample?: string } {
  if (rule.ghost !== undefined && chooseRule(rule, batch, size).way === 'ghost') {
    return { squaredNorms: rule.ghost.squaredNorms() };
  }
  const perExample = build.emit('Reshape', [rule.materialise.gradients(), build.ints([batch, size])]);
  return { squaredNorms: squaredLength(build, perExample, [1], size), perExample };
}
