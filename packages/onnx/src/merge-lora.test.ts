import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { goldenCases } from '../test/golden.ts';
import { openModel } from '../test/run-step.ts';
import { addLora } from './add-lora.ts';
import type { Graph } from './graph/graph.ts';
import { floatTensor, floatValues } from './graph/tensor.ts';
import { mergeLora } from './merge-lora.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';
import { withParameters } from './with-parameters.ts';
import { writeModel } from './write-model.ts';

const seed = new Uint8Array([1]);
const mlp = newMlp({ inputs: 4, hidden: [5], outputs: 3, activation: 'tanh', seed });
const golden = (name: string) => readModel(goldenCases().find((one) => one.name === name)!.model);

/** The graph with adapters as a training leaves them: the second factors are no longer zero. */
function trained(graph: Graph, alpha = 3): Graph {
  const adapted = addLora(graph, { rank: 2, alpha, seed });
  const moved = [...adapted.initializers].flatMap(([name, tensor]) =>
    name.endsWith('.lora_B') ? [[name, floatValues(tensor).map((_, i) => Math.sin(i + 1) / 4)] as const] : [],
  );
  return readModel(writeModel(withParameters(adapted, new Map(moved))));
}

/** What ONNX Runtime makes of the file for three examples. */
async function outputsOf(graph: Graph): Promise<number[]> {
  const [input] = graph.inputs;
  const dims = [3, ...input!.dims.slice(1).map(Number)];
  const count = dims.reduce((a, b) => a * b);
  const data = Array.from({ length: count }, (_, i) => (i * 7) % 11);
  const tensor =
    input!.type === 'int64'
      ? new Tensor('int64', BigInt64Array.from(data, BigInt), dims)
      : new Tensor(
          'float32',
          Float32Array.from(data, (value) => value / 11),
          dims,
        );
  const session = await openModel(writeModel(graph));
  const { [graph.outputs[0]!.name]: output } = await session.run({ [input!.name]: tensor });
  return [...(output!.data as Float32Array)];
}

describe('mergeLora', () => {
  it.each([
    ['a perceptron of Gemm nodes', mlp],
    ['a transformer of MatMul nodes, with shared axes', golden('transformer')],
    ['a PyTorch export whose Gemm weights are transposed', golden('mlp-relu')],
    ['one whose weights are turned by nodes, with a tied head', golden('causal-attention-tied')],
  ])('%s gives the same outputs to 1e-5 as a plain ONNX file', async (_, graph) => {
    const adapted = trained(graph);
    const merged = mergeLora(adapted);
    const [before, after, untrained] = [await outputsOf(adapted), await outputsOf(merged), await outputsOf(graph)];
    const size = Math.max(...before.map(Math.abs));
    after.forEach((value, i) => expect(Math.abs(value - before[i]!) / size).toBeLessThan(1e-5));
    expect(Math.max(...untrained.map((value, i) => Math.abs(value - before[i]!))) / size).toBeGreaterThan(1e-3);
    expect(merged.nodes.map(({ op }) => op)).toEqual(graph.nodes.map(({ op }) => op));
    expect([...merged.initializers.keys()].sort()).toEqual([...graph.initializers.keys()].sort());
  });

  it('minds the factor of a Gemm, which the adapter stands outside of', async () => {
    const attributes = new Map([['alpha', { kind: 'float', value: 0.5 } as const]]);
    const halved = {
      ...mlp,
      nodes: mlp.nodes.map((node) =>
        node.op === 'Gemm' ? { ...node, attributes: new Map([...node.attributes, ...attributes]) } : node,
      ),
    };
    const adapted = trained(halved);
    const [before, after] = [await outputsOf(adapted), await outputsOf(mergeLora(adapted))];
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i]!, 5));
  });

  it('gives adapters back that were merged and added anew', () => {
    const merged = mergeLora(trained(mlp));
    expect([...addLora(merged, { rank: 2, seed }).initializers.keys()]).toContain('0.weight.lora_A');
  });

  it('refuses a graph without adapters, and one whose adapted weight is used without its adapter too', () => {
    const bad = expect.objectContaining({ code: 'onnx.badRequest' });
    expect(() => mergeLora(mlp)).toThrow(bad);
    const adapted = trained(mlp);
    const [weight] = [...adapted.initializers.keys()].filter((name) => name === '0.weight');
    const twice = {
      ...adapted,
      nodes: [
        ...adapted.nodes,
        { name: 'again', op: 'Neg', inputs: [weight!], outputs: ['opposite'], attributes: new Map() },
      ],
    };
    expect(() => mergeLora(twice)).toThrow(bad);
    const cut = { ...adapted, initializers: new Map([...adapted.initializers, ['x.lora_A', floatTensor([1], [0])]]) };
    expect(() => mergeLora(cut)).toThrow(bad);
  });
});
