import { caseToStep, type CaseResult } from '@encryptech/onnx';
import type { Engine } from '@encryptech/learning';
import { Tensor } from 'onnxruntime-common';

/**
 * The per-example losses and gradient norms and the clipped gradient sum of a case, by the names of the model's
 * initializers, as ONNX Runtime computes them in the compiled graph.
 *
 * @throws what `caseToStep` and the engine throw
 */
export async function modelGradients(model: Uint8Array, caseFile: unknown, engine: Engine): Promise<CaseResult> {
  const { step, feeds, read } = caseToStep(model, caseFile);
  const session = await engine.open(step.model);
  try {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new Tensor(type as 'float32', data as Float32Array, [...dims]),
    ]);
    const outputs = [step.outputs.loss, step.outputs.norm!, ...Object.values(step.outputs.sum)];
    return read((await session.run(Object.fromEntries(tensors), outputs)) as Parameters<typeof read>[0]);
  } finally {
    await session.close();
  }
}
