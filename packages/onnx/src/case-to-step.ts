import { compileStep, type CompiledStep } from './compile-step.ts';
import { onnxError } from './errors.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph } from './graph/graph.ts';
import { floatValues } from './graph/tensor.ts';
import type { LossName } from './losses/loss.ts';
import { readModel } from './read-model.ts';

/** An input of a step: what a runtime's tensor is made of. */
export type Feed =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array };

/** What a step computes for a case, by the names of the model's initializers. */
export interface CaseResult {
  readonly clipNorm: number;
  readonly perExampleLoss: readonly number[];
  readonly perExampleGradientNorm: readonly number[];
  readonly clippedGradientSum: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>
  >;
}

/** A private step for one case: run `step.model` with `feeds`, give the outputs by name to `read`. */
export interface PreparedCase {
  readonly graph: Graph;
  readonly step: CompiledStep;
  readonly feeds: Readonly<Record<string, Feed>>;
  read(
    outputs: Readonly<Record<string, { readonly data: ArrayLike<number> | ArrayLike<bigint> | ArrayLike<string> }>>,
  ): CaseResult;
}

const lossNames: Readonly<Record<string, LossName>> = {
  'softmax-cross-entropy': 'softmax-cross-entropy',
  'binary-cross-entropy-with-logits': 'binary-cross-entropy-with-logits',
  'mean-squared-error': 'mean-squared-error',
  mse: 'mean-squared-error',
};

/**
 * The private step, its inputs, and the reader of its outputs, for a case file: a JSON object with `loss`, `clipNorm`,
 * `input` and `target`, the last two as { type, shape, data } with the examples on axis 0. The parameters are the model's own
 * initializers. Other fields of the file are not read.
 *
 * @throws `onnx.badRequest` for a bad case; what {@link readModel} and {@link compileStep} throw
 */
export function caseToStep(model: Uint8Array, file: unknown): PreparedCase {
  const fields = record(file, 'the case');
  const loss = typeof fields.loss === 'string' ? lossNames[fields.loss] : undefined;
  if (loss === undefined) throw bad(`"loss" must be one of ${Object.keys(lossNames).join(', ')}`);
  const { clipNorm } = fields;
  if (typeof clipNorm !== 'number' || !(clipNorm > 0)) throw bad('"clipNorm" must be a positive number');
  const input = feedOf(fields.input, 'input');
  const target = feedOf(fields.target, 'target');
  const batch = input.dims[0] ?? 0;

  const graph = readModel(model);
  const step = compileStep(graph, { loss, batch, private: true });
  for (const [feed, wanted] of [
    [input, step.example],
    [target, step.target],
  ] as const) {
    if (feed.type !== wanted.type || feed.dims.join() !== wanted.dims.join()) {
      throw bad(
        `"${wanted.name}" must be ${wanted.type} [${wanted.dims.join(', ')}], not ${feed.type} [${feed.dims.join(', ')}]`,
      );
    }
  }
  const floats = (dims: readonly number[], data: Float32Array): Feed => ({ type: 'float32', dims, data });
  const feeds: Record<string, Feed> = {
    [step.inputs.example]: input,
    [step.inputs.target]: target,
    [step.inputs.mask]: floats([batch], new Float32Array(batch).fill(1)),
    [step.inputs.clipNorm]: floats([], Float32Array.of(clipNorm)),
  };
  for (const { name, dims } of step.parameters) feeds[name] = floats(dims, floatValues(graph.initializers.get(name)!));

  return {
    graph,
    step,
    feeds,
    read: (outputs) => {
      const numbers = (name: string): number[] => Array.from(outputs[name]?.data ?? [], Number);
      return {
        clipNorm,
        perExampleLoss: numbers(step.outputs.loss),
        perExampleGradientNorm: numbers(step.outputs.norm!),
        clippedGradientSum: Object.fromEntries(
          step.parameters.map(({ name, dims }) => [name, { dims, data: numbers(step.outputs.sum[name]!) }]),
        ),
      };
    },
  };
}

const bad = (reason: string) => onnxError({ code: 'onnx.badRequest', message: `The case can't be used: ${reason}.` });

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(`${what} must be an object`);
  return value as Record<string, unknown>;
}

function feedOf(value: unknown, what: string): Feed {
  const { type, shape, data } = record(value, `"${what}"`);
  const dims = Array.isArray(shape) ? (shape as unknown[]) : [undefined];
  if (!dims.every((dim): dim is number => Number.isSafeInteger(dim) && (dim as number) > 0)) {
    throw bad(`"${what}.shape" must be a list of positive integers`);
  }
  if (!Array.isArray(data) || data.length !== elementCount(dims))
    throw bad(`"${what}.data" must have ${elementCount(dims)} numbers`);
  const isWhole = type === 'int64';
  if (type !== 'float32' && !isWhole) throw bad(`"${what}.type" must be float32 or int64`);
  const numbers = (data as unknown[]).map((item) => {
    if (typeof item !== 'number' || (isWhole && !Number.isSafeInteger(item)))
      throw bad(`"${what}.data" holds ${String(item)}`);
    return item;
  });
  return isWhole
    ? { type: 'int64', dims, data: BigInt64Array.from(numbers, BigInt) }
    : { type: 'float32', dims, data: Float32Array.from(numbers) };
}
