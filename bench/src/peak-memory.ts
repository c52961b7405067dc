import { createNodeEngine } from '@encryptech/learning/node';
import { compileStep, floatValues } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { tiedHeadGraph } from './tied-head-graph.ts';
import { transformerGraph } from './transformer-graph.ts';

/** What a fresh process is asked: `node peak-memory.ts '{…}'`. */
export interface PeakRequest {
  /** The width of the transformer, or the model with a tied head. */
  model: number | 'tied head';
  batch: number;
  /** Examples of one graph call; the batch is taken in as many calls as it needs. */
  call: number;
  /** `idle` loads everything and takes no step. */
  kind: 'idle' | 'plain' | 'private';
}

// One process, one measurement: the peak of a process that has measured something else says nothing.
const { model, batch, call, kind } = JSON.parse(process.argv[2]!) as PeakRequest;
const graph = model === 'tied head' ? tiedHeadGraph() : transformerGraph(model);
const rows = kind === 'idle' ? 1 : call;
const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch: rows, private: kind === 'private' });
const session = await createNodeEngine({ threads: 1 }).open(step.model);
const dims = step.example.dims as number[];
const inputs: Record<string, Tensor> = {
  [step.inputs.example]: new Tensor(
    'int64',
    BigInt64Array.from({ length: rows * dims[1]! }, (_, i) => BigInt((7 * i) % 50)),
    dims,
  ),
  [step.inputs.target]: new Tensor(
    'int64',
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 3)),
    [rows],
  ),
  [step.inputs.mask]: new Tensor('float32', new Float32Array(rows).fill(1), [rows]),
  [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(1), []),
};
let parameters = 0;
for (const { name, dims: own } of step.parameters) {
  const values = floatValues(graph.initializers.get(name)!);
  parameters += values.length;
  inputs[name] = new Tensor('float32', values, [...own]);
}
for (let steps = 0; kind !== 'idle' && steps < 2; steps++) {
  for (let row = 0; row < batch; row += call) await session.run(inputs, Object.values(step.outputs.sum));
}
await session.close();
console.log(JSON.stringify({ bytes: process.resourceUsage().maxRSS * 1024, parameters }));
