import type { Engine, Sgd, Table, TrainingJob } from '@encryptech/learning';
import { compileStep, floatValues, readModel, withParameters, writeModel } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';

/**
 * What the same graph learns when nobody's privacy is kept: full batches, no clipping, no noise. To compare with, on public
 * data; its result must never be called private.
 *
 * The optimiser is the job's: constant rate, momentum, the mean of the weights from the averaging's first step on.
 */
export async function trainWithoutPrivacy(
  {
    graph: bytes,
    loss,
    optimiser,
    plan,
  }: Pick<TrainingJob, 'graph' | 'loss'> & { optimiser: Sgd; plan: { steps: number } },
  { features, targets, rows, width }: Table,
  engine: Engine,
): Promise<Uint8Array> {
  const graph = readModel(bytes);
  const step = compileStep(graph, { loss, batch: rows, private: false });
  const session = await engine.open(step.model);
  const parameters = step.parameters.map(({ name, dims }) => {
    const weights = floatValues(graph.initializers.get(name)!);
    return {
      name,
      dims,
      weights,
      velocity: new Float64Array(weights.length),
      mean: Float64Array.from(weights),
      sum: step.outputs.sum[name]!,
    };
  });
  const fromStep = optimiser.averaging.kind === 'tail' ? optimiser.averaging.fromStep : plan.steps - 1;
  for (let at = 0; at < plan.steps; at++) {
    const sums = await session.run(
      {
        [step.inputs.example]: new Tensor('float32', features, [rows, width]),
        [step.inputs.target]:
          targets instanceof BigInt64Array
            ? new Tensor('int64', targets, [rows])
            : new Tensor('float32', targets, [rows, 1]),
        [step.inputs.mask]: new Tensor('float32', new Float32Array(rows).fill(1), [rows]),
        [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(1), []),
        ...Object.fromEntries(
          parameters.map(({ name, dims, weights }) => [name, new Tensor('float32', weights, [...dims])]),
        ),
      },
      parameters.map(({ sum }) => sum),
    );
    const share = 1 / Math.max(1, at - fromStep + 1);
    for (const { weights, velocity, mean, sum } of parameters) {
      const gradient = sums[sum]!.data as Float32Array;
      for (let i = 0; i < weights.length; i++) {
        velocity[i] = optimiser.momentum * velocity[i]! + gradient[i]! / rows;
        weights[i]! -= optimiser.learningRate * velocity[i]!;
        mean[i]! += share * (weights[i]! - mean[i]!);
      }
    }
  }
  await session.close();
  return writeModel(
    withParameters(graph, new Map(parameters.map(({ name, mean }) => [name, Float32Array.from(mean)]))),
  );
}
