import { createBuilder } from './build/builder.ts';
import { emitForward } from './build/emit-forward.ts';
import { finishGraph } from './build/finish-graph.ts';
import { clip, type ClippingName } from './clip.ts';
import { differentiate } from './differentiate.ts';
import { onnxError } from './errors.ts';
import { findParameters } from './find-parameters.ts';
import type { Graph, ValueInfo } from './graph/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { isolate, withBatchAxes } from './isolate.ts';
import type { LossName } from './losses/loss.ts';
import { losses } from './losses/registry.ts';
import { singleInput } from './single-input.ts';
import { singleOutput } from './single-output.ts';
import { splitMergedAxes } from './split-merged-axes.ts';
import { writeModel } from './write-model.ts';

/** How to train a graph. */
export interface StepOptions {
  readonly loss: LossName;
  /** Examples in one call. Fixed: a smaller batch is padded and masked. */
  readonly batch: number;
  /** True: clip per example. False: plain sums, to compare with; such a step gives no privacy. */
  readonly private: boolean;
  /** How examples are clipped when private; flat when left out. */
  readonly clipping?: ClippingName;
  /** Which float32 initializers train; see {@link findParameters}. */
  readonly trainable?: (name: string) => boolean;
}

/** A training step as one ONNX model, and the names of its inputs and outputs. */
export interface CompiledStep {
  readonly model: Uint8Array;
  /** Every trainable parameter is an input of the step under its own name. */
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly inputs: {
    /** The model's input, [batch, …]. */
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
  const { batch } = options;
  const values = withBatchAxes(graph, inferShapes(graph, { batch }));
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
  const targetDims = loss.targetDims(output);
  const emitted = loss.emit(build, output, target);

  const masked = build.emit('Greater', [mask, build.scalar(0)]);
  const counted = emitted.valid === undefined ? masked : build.emit('And', [masked, emitted.valid]);
  const rows = build.emit('Reshape', [counted, build.ints(output.dims.map((_, i) => (i === 0 ? batch : 1)))]);
  const gradients = new Map([
    [result.name, options.private ? emitted.gradient : build.emit('Where', [rows, emitted.gradient, build.scalar(0)])],
  ]);
  const batched = (name: string) => trained.values.has(name) && values.get(name)!.batchAxis !== null;
  const free = new Set([...trained.values].filter((name) => !batched(name)));
  differentiate(calls, build, { wanted: batched, gradients });
  const parameters = trained.parameters.map((name) => values.get(name)!);
  let norms: string | undefined;
  let sums: ReadonlyMap<string, string>;
  if (options.private) {
    ({ norms, sums } = clip({
      ...{ build, calls, gradients, parameters, wanted: free, batch, counted, clipNorm },
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
