import { createBuilder, type Builder } from './build/builder.ts';
import { emitForward } from './build/emit-forward.ts';
import { finishGraph } from './build/finish-graph.ts';
import { clip, type ClippingName } from './clip.ts';
import { differentiate } from './differentiate.ts';
import { onnxError } from './errors.ts';
import { findParameters } from './find-parameters.ts';
import type { Graph, ValueInfo } from './graph/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { isolate, withBatchAxes } from './isolate.ts';
import { checkLossSettings } from './losses/check-loss-settings.ts';
import type { EmittedLoss, Loss, LossName, LossSettings } from './losses/loss.ts';
import { losses } from './losses/registry.ts';
import type { Value } from './operators/operator.ts';
import { singleInput } from './single-input.ts';
import { singleOutput } from './single-output.ts';
import { splitMergedAxes } from './split-merged-axes.ts';
import { writeModel } from './write-model.ts';

/** More transformed copies of an example than this serve nobody. */
const MOST_COPIES = 256;

/** How to train a graph. */
export interface StepOptions extends LossSettings {
  readonly loss: LossName;
  /** Examples in one call. Fixed: a smaller batch is padded and masked. */
  readonly batch: number;
  /** True: clip per example. False: plain sums, to compare with; such a step gives no privacy. */
  readonly private: boolean;
  /** How examples are clipped when private; flat when left out. */
  readonly clipping?: ClippingName | undefined;
  /** Which float32 initializers train; see {@link findParameters}. */
  readonly trainable?: ((name: string) => boolean) | undefined;
  /**
   * Rows of the input that are one example: rows i·copies to (i + 1)·copies − 1 are example i, transformed in so many ways. Its
   * loss and its gradient, which is clipped as one, are the means over them (augmentation multiplicity, De et al. 2022). 1 when
   * left out; needs `private`.
   */
  readonly copies?: number;
}

/** A training step as one ONNX model, and the names of its inputs and outputs. */
export interface CompiledStep {
  readonly model: Uint8Array;
  /** Every trainable parameter is an input of the step under its own name. */
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly inputs: {
    /** The model's input, [batch, …]; [batch · copies, …] where examples have copies. */
    readonly example: string;
    /** int64 [batch] class labels, or float32 of the output's shape. */
    readonly target: string;
    /** float32 [batch]: an example counts where this is above 0; the others are padding. */
    readonly mask: string;
    /** float32 scalar C; ignored, but there, when not private. */
    readonly clipNorm: string;
  };
  readonly outputs: {
    /** float32 [batch]: the loss of each example. */
    readonly loss: string;
    /** float32 [batch]: the norm of each example's gradient over all parameters. Only when private. */
    readonly norm?: string;
    /** By parameter, in its shape: Σᵢ min(1, C/‖gᵢ‖)·gᵢ over the examples that count (or as `clipping` says); Σᵢ gᵢ when not private. */
    readonly sum: Readonly<Record<string, string>>;
  };
  readonly example: ValueInfo;
  readonly target: ValueInfo;
}

/**
 * One ONNX graph that does a whole training step: forward, loss of each example, backward, gradient norm of each example,
 * clipping and the clipped sums. Noise is added by the caller, to the sums.
 *
 * A padded example, one with a label out of range and (when private) one with a gradient norm that isn't finite contribute
 * exactly nothing, whatever their values are.
 *
 * @throws `onnx.mixesBatch`, `onnx.notDifferentiable`, `onnx.badRequest`, and what {@link inferShapes} throws
 */
export function compileStep(model: Graph, options: StepOptions): CompiledStep {
  isolate(model);
  const graph = splitMergedAxes(model);
  const { batch, copies = 1 } = options;
  if (!Number.isSafeInteger(copies) || copies < 1 || copies > MOST_COPIES || (copies > 1 && !options.private)) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `An example of a private step has from 1 to ${MOST_COPIES} copies, not ${String(copies)}.`,
    });
  }
  const values = withBatchAxes(graph, inferShapes(graph, { batch: batch * copies }));
  const trained = findParameters(graph, values, options.trainable);
  const input = singleInput(graph);
  const result = singleOutput(graph, values);
  const loss = losses.get(options.loss);
  if (loss === undefined) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `There is no loss "${options.loss}".`,
      hint: `One of: ${[...losses.keys()].join(', ')}`,
    });
  }

  if (!['flat', 'automatic', 'per-layer', undefined].includes(options.clipping)) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `There is no clipping "${String(options.clipping)}".`,
      hint: 'One of: flat, automatic, per-layer',
    });
  }

  const build = createBuilder([input.name, ...graph.initializers.keys()]);
  const names = new Map([input.name, ...trained.parameters].map((name) => [name, name]));
  const [target, mask, clipNorm] = ['target', 'mask', 'clipNorm'].map((name) => build.unique(name)) as [
    string,
    string,
    string,
  ];
  const calls = emitForward(graph, values, build, names);
  const output = { ...result, name: names.get(result.name)! };
  checkLossSettings(loss, output, options);
  const targetDims = [batch, ...loss.targetDims(output).slice(1)];
  const emitted = lossOfExamples(build, loss, { output, target, batch, copies, settings: options });

  const masked = build.emit('Greater', [mask, build.scalar(0)]);
  const counted = emitted.valid === undefined ? masked : build.emit('And', [masked, emitted.valid]);
  const withoutMasked = () => {
    const rows = build.emit('Reshape', [counted, build.ints(output.dims.map((_, i) => (i === 0 ? batch : 1)))]);
    return build.emit('Where', [rows, emitted.gradient, build.scalar(0)]);
  };
  const gradients = new Map([[result.name, options.private ? emitted.gradient : withoutMasked()]]);
  const batched = (name: string) => trained.values.has(name) && values.get(name)!.batchAxis !== null;
  const free = new Set([...trained.values].filter((name) => !batched(name)));
  differentiate(calls, build, { wanted: batched, gradients });
  const parameters = trained.parameters.map((name) => values.get(name)!);
  let norms: string | undefined;
  let sums: ReadonlyMap<string, string>;
  if (options.private) {
    ({ norms, sums } = clip({
      ...{ build, calls, gradients, parameters, wanted: free, batch, copies, counted, clipNorm },
      clipping: options.clipping ?? 'flat',
    }));
  } else {
    differentiate(calls, build, { wanted: (name) => free.has(name), gradients });
    sums = gradients;
  }

  const info = (name: string, type: ValueInfo['type'], dims: readonly number[]): ValueInfo => ({ name, type, dims });
  const outputs: (ValueInfo & { value: string })[] = [];
  const give = (wish: string, value: string, dims: readonly number[]): string => {
    const name = build.unique(wish);
    outputs.push({ ...info(name, 'float32', dims), value });
    return name;
  };
  const lossName = give('loss', emitted.loss, [batch]);
  const normName = norms === undefined ? {} : { norm: give('norm', norms, [batch]) };
  const sum = Object.fromEntries(
    parameters.map(({ name, dims }) => [name, give(`sum ${name}`, sums.get(name)!, dims)]),
  );
  const example = info(input.name, input.type, values.get(input.name)!.dims);
  const targetInfo = info(target, loss.targetType, targetDims);
  const step = finishGraph(build, {
    name: `${graph.name} step`,
    inputs: [
      example,
      targetInfo,
      info(mask, 'float32', [batch]),
      info(clipNorm, 'float32', []),
      ...parameters.map(({ name, dims }) => info(name, 'float32', dims)),
    ],
    outputs,
  });
  return {
    model: writeModel(step),
    parameters: parameters.map(({ name, dims }) => ({ name, dims })),
    inputs: { example: input.name, target, mask, clipNorm },
    outputs: { loss: lossName, ...normName, sum },
    example,
    target: targetInfo,
  };
}

/**
 * The loss of each example, the gradient by the output's rows and which examples have a valid target. The copies of an example
 * share its target by construction, and each row's gradient is its share of the mean.
 */
function lossOfExamples(
  build: Builder,
  loss: Loss,
  {
    output,
    target,
    batch,
    copies,
    settings,
  }: { output: Value; target: string; batch: number; copies: number; settings: LossSettings },
): EmittedLoss {
  if (copies === 1) return loss.emit(build, output, target, settings);
  const exampleOf = Array.from({ length: batch * copies }, (_, row) => Math.floor(row / copies));
  const targets = build.emit('Gather', [target, build.ints(exampleOf)], { axis: 0 });
  const rows = loss.emit(build, output, targets, settings);
  const byExample = build.emit('Reshape', [rows.loss, build.ints([batch, copies])]);
  const firsts = build.ints(Array.from({ length: batch }, (_, i) => i * copies));
  return {
    loss: build.emit('ReduceMean', [byExample, build.ints([1])], { keepdims: 0 }),
    gradient: build.emit('Mul', [rows.gradient, build.scalar(1 / copies)]),
    ...(rows.valid === undefined ? {} : { valid: build.emit('Gather', [rows.valid, firsts], { axis: 0 }) }),
  };
}
