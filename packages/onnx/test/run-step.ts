import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CompiledStep } from '../src/compile-step.ts';
import { elementCount } from '../src/graph/element-count.ts';

/** Opens a model of this package on ONNX Runtime. */
export const openModel = (model: Uint8Array): Promise<InferenceSession> =>
  InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });

/** What one call of a step is given. */
export interface StepInputs {
  readonly example: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  readonly mask?: ArrayLike<number>;
  readonly clipNorm: number;
  readonly parameters: ReadonlyMap<string, ArrayLike<number>>;
}

/** What it gave. */
export interface StepOutputs {
  readonly losses: number[];
  readonly norms: number[];
  readonly sums: ReadonlyMap<string, number[]>;
}

/** Runs a compiled step once. */
export async function runStep(step: CompiledStep, session: InferenceSession, inputs: StepInputs): Promise<StepOutputs> {
  const mask = inputs.mask ?? new Float32Array(step.example.dims[0] as number).fill(1);
  const tensor = (type: string, dims: readonly (number | string)[], data: ArrayLike<number>): Tensor => {
    const shape = dims as number[];
    if (data.length !== elementCount(shape)) throw new Error(`${data.length} values for [${shape.join()}]`);
    return type === 'int64'
      ? new Tensor('int64', BigInt64Array.from(Array.from(data, BigInt)), [...shape])
      : new Tensor('float32', Float32Array.from(data), [...shape]);
  };
  const feeds: Record<string, Tensor> = {
    [step.inputs.example]: tensor(step.example.type, step.example.dims, inputs.example),
    [step.inputs.target]: tensor(step.target.type, step.target.dims, inputs.target),
    [step.inputs.mask]: tensor('float32', [mask.length], mask),
    [step.inputs.clipNorm]: tensor('float32', [], [inputs.clipNorm]),
  };
  for (const { name, dims } of step.parameters) feeds[name] = tensor('float32', dims, inputs.parameters.get(name)!);
  const outputs = await session.run(feeds);
  const numbers = (name: string | undefined): number[] =>
    name === undefined ? [] : Array.from(outputs[name]!.data as Float32Array);
  return {
    losses: numbers(step.outputs.loss),
    norms: numbers(step.outputs.norm),
    sums: new Map(step.parameters.map(({ name }) => [name, numbers(step.outputs.sum[name])])),
  };
}
