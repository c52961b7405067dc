import type { Builder } from './build/builder.ts';
import type { PlacedCall } from './build/emit-forward.ts';
import { chooseRules } from './choose-rule.ts';
import { differentiate } from './differentiate.ts';
import { onnxError } from './errors.ts';
import { dataTypes } from './graph/data-type.ts';
import { elementCount } from './graph/element-count.ts';
import { gradientBlocks, sumsOfBlock, type ParameterRows } from './gradient-blocks.ts';
import { intTensor } from './graph/tensor.ts';
import type { PerExampleRule, Value } from './operators/operator.ts';
import { squaredLengthOfRows } from './operators/squared-length.ts';
import { perExampleRule, usesOf, type RuleSearch } from './per-example-rules.ts';

/** The largest finite float32. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/**
 * How the factor of an example follows from its norm.
 *
 * - `flat`: min(1, C/‖g‖), one norm over all parameters (Abadi et al. 2016).
 * - `automatic`: C/(‖g‖ + 0.01), AUTO-S of Bu et al. 2023: every example is scaled to nearly C, and C only sets the unit.
 * - `per-layer`: each of L layers is clipped by itself to C/√L, so that all together are no longer than C (McMahan et al.
 *   2018). Parameters whose names agree up to the last dot are a layer.
 */
export type ClippingName = 'flat' | 'automatic' | 'per-layer';

/** γ of AUTO-S: what keeps small gradients from being blown up without bound. */
const STABILITY = 0.01;

/** What {@link clip} works on. */
export interface Clipping {
  readonly build: Builder;
  readonly calls: readonly PlacedCall[];
  readonly clipping: ClippingName;
  /** Gradients of each example's loss by the batched values, by the model's names. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly parameters: readonly Value[];
  /** The model's names of the values without a batch axis that need a gradient. */
  readonly wanted: ReadonlySet<string>;
  readonly batch: number;
  /** Consecutive rows that are one example. */
  readonly copies: number;
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
 * Emits per-example gradient norms over all parameters and Σᵢ cᵢ·gᵢ over the examples that count, ‖cᵢ·gᵢ‖ ≤ C.
 *
 * Per parameter, norms come from ghost norms or from materialised gradients, whichever takes fewer operations (mixed ghost
 * clipping, Bu et al. 2022); sums come from materialised gradients, or from one more contraction with the stored activations
 * and the weighted output gradients, without a second backward pass (book-keeping, Bu et al. 2023). An example whose norm is
 * not finite gets the factor 0, and its rows are replaced before they are summed, since 0 · NaN is NaN.
 */
export function clip(task: Clipping): Clipped {
  const { build, calls, clipping, gradients, parameters, wanted, batch, copies, counted, clipNorm } = task;
  const search: RuleSearch = { build, uses: usesOf(calls), gradients, batch: batch * copies, found: new Map() };
  const ruled = parameters.map((parameter) => {
    const ofRows = perExampleRule(parameter.name, search);
    if (ofRows === undefined) {
      throw onnxError({ code: 'onnx.notDifferentiable', message: `No gradient reaches "${parameter.name}".` });
    }
    const size = elementCount(parameter.dims);
    return { parameter, size, rule: ruleOfExamples(ofRows, task, size) };
  });
  const ways = chooseRules(ruled, batch);
  const choices = ruled.map(({ parameter, rule, size }, i) => ({
    parameter,
    ...(ways[i] === 'ghost' ? { squaredNorms: rule.ghost!.squaredNorms() } : rowsOfRule(build, rule, batch, size)),
  }));
  const layers = (
    clipping === 'per-layer'
      ? [...Map.groupBy(choices, ({ parameter }) => layerOf(parameter.name)).values()]
      : [choices]
  ).map((layer) => {
    const blocks = gradientBlocks(
      build,
      layer.filter((choice) => 'rows' in choice),
    );
    const ghosts = layer.filter((choice) => 'squaredNorms' in choice);
    const squares = [
      ...blocks.map(({ rows, size }) => squaredLengthOfRows(build, rows, batch, size)),
      ...ghosts.map(({ squaredNorms }) => squaredNorms),
    ];
    return { blocks, ghosts: ghosts.map(({ parameter }) => parameter.name), squares };
  });
  const lengthOf = (squares: readonly string[]): string => build.emit('Sqrt', [build.emit('Sum', squares)]);
  const norms = lengthOf(layers.flatMap(({ squares }) => squares));
  const finite = build.emit('LessOrEqual', [norms, build.scalar(MAX_FLOAT32)]);
  const used = build.emit('And', [finite, counted]);

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
  // From what is one entry an example to what is one a row.
  const rowsOf = (examples: string): string =>
    copies === 1
      ? examples
      : build.emit(
          'Gather',
          [examples, build.ints(Array.from({ length: batch * copies }, (_, row) => Math.floor(row / copies)))],
          { axis: 0 },
        );
  const copyOf = build.constant(
    intTensor(
      [batch * copies],
      Array.from({ length: batch * copies }, (_, row) => row % copies),
    ),
  );
  const rowSources =
    copies === 1
      ? sources
      : build.emit('Add', [build.emit('Mul', [rowsOf(sources), build.constant(intTensor([], [copies]))]), copyOf]);
  const cleaned = (name: string, { batchAxis }: Pick<Value, 'batchAxis'>): string =>
    build.emit('Gather', [name, rowSources], { axis: batchAxis! });
  const anyUsed = build.emit(
    'Cast',
    [build.emit('ReduceMax', [build.emit('Cast', [used], { to: dataTypes.float32.code })], { keepdims: 0 })],
    { to: dataTypes.bool.code },
  );

  // With no example at all, even the row that replaces the others may hold NaN.
  const orNothing = (sum: string): string => build.emit('Where', [anyUsed, sum, build.scalar(0)]);
  const bound =
    layers.length === 1 ? clipNorm : build.emit('Mul', [clipNorm, build.scalar(Math.sqrt(1 / layers.length))]);
  const sums = new Map<string, string>();
  for (const layer of layers) {
    const length = lengthOf(layer.squares);
    const limited =
      clipping === 'automatic'
        ? build.emit('Div', [bound, build.emit('Add', [length, build.scalar(STABILITY)])])
        : build.emit('Min', [build.scalar(1), build.emit('Div', [bound, length])]);
    const factors = build.emit('Where', [used, limited, build.scalar(0)]);
    const weighted = (gradient: string, output: Value): string => {
      const shape = output.dims.map((_, i) => (i === output.batchAxis ? batch * copies : 1));
      return build.emit('Mul', [
        cleaned(gradient, output),
        build.emit('Reshape', [rowsOf(factors), build.ints(shape)]),
      ]);
    };
    const row = build.emit('Reshape', [factors, build.ints([1, batch])]);
    for (const block of layer.blocks) {
      const sum = build.emit('MatMul', [row, build.emit('Gather', [block.rows, sources], { axis: 0 })]);
      for (const [name, own] of sumsOfBlock(build, block, orNothing(sum))) sums.set(name, own);
    }
    const bySweep = new Map(gradients);
    const onPath = dependentOn(layer.ghosts, calls, wanted);
    differentiate(calls, build, {
      wanted: (name) => onPath.has(name),
      gradients: bySweep,
      incoming: (gradient, output) => (output.batchAxis === null ? gradient : weighted(gradient, output)),
      shown: (value) => (value.batchAxis === null ? value : { ...value, name: cleaned(value.name, value) }),
    });
    for (const name of layer.ghosts) sums.set(name, orNothing(bySweep.get(name)!));
  }
  return { norms, sums };
}

const layerOf = (name: string): string => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name);

/** The names among `wanted` whose values are computed from `parameters`, these included. */
function dependentOn(
  parameters: readonly string[],
  calls: readonly PlacedCall[],
  wanted: ReadonlySet<string>,
): ReadonlySet<string> {
  const reached = new Set(parameters);
  for (const { node } of calls) {
    if (!node.inputs.some((name) => reached.has(name))) continue;
    for (const name of node.outputs) if (wanted.has(name)) reached.add(name);
  }
  return reached;
}

/** The rule of examples from that of rows: the norm of a sum over an example's rows doesn't follow from theirs. */
const ruleOfExamples = (ofRows: PerExampleRule, { build, batch, copies }: Clipping, size: number): PerExampleRule =>
  copies === 1 ? ofRows : (ofRows.over?.(copies) ?? summedOver(ofRows, build, { batch, copies, size }));

/** The gradients of examples as rows. */
function rowsOfRule(
  build: Builder,
  { materialise: { shuffled, gradients } }: PerExampleRule,
  batch: number,
  size: number,
): Omit<ParameterRows, 'parameter'> {
  const rows = build.emit('Reshape', [shuffled?.gradients() ?? gradients(), build.ints([batch, size])]);
  return { rows, size, ordered: shuffled?.ordered };
}

/** The rule of examples with copies by making the gradient of each row. */
function summedOver(
  { materialise }: PerExampleRule,
  build: Builder,
  { batch, copies, size }: { batch: number; copies: number; size: number },
): PerExampleRule {
  const inExamples = () => build.emit('Reshape', [materialise.gradients(), build.ints([batch, copies, size])]);
  return {
    materialise: {
      flops: materialise.flops + batch * copies * size,
      moved: materialise.moved + batch * copies * size,
      gradients: () => build.emit('ReduceSum', [inExamples(), build.ints([1])], { keepdims: 0 }),
    },
  };
}
