import { checkModel, writeModel, type Graph } from '@encryptech/onnx';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { paddedLength } from '../data/rows/pack-rows.ts';
import { learningError } from '../errors.ts';
import { PREDICT_BATCH, predict } from '../inference/predict.ts';
import { splitFrozen } from './split-frozen.ts';

export interface PrecomputeFrozenOptions {
  graph: Graph;
  table: Table;
  engine: Engine;
  /** Which parameters train, as the job says. */
  trainable?: string | undefined;
  /** Bytes that the features may take; 1 GiB if left out. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * What training needs of a graph and a table once the graph's frozen part has been run on every row: the rest of the graph, and a
 * table of features in place of inputs. Graph and table themselves where nothing heavy is frozen, or where the features would
 * not fit into `maxBytes`.
 *
 * Each row's features follow from that row and from public constants only, so this costs no privacy, and a step of the rest has
 * the same gradients as one of the whole graph. It pays where rows are used many times: a scattering transform of Fashion-MNIST
 * takes as long as some hundred steps of the classifier behind it.
 *
 * @throws `learning.cancelled`, `learning.engineFailed`
 */
export async function precomputeFrozen({
  graph,
  table,
  engine,
  trainable = 'all',
  maxBytes = 2 ** 30,
  signal,
}: PrecomputeFrozenOptions): Promise<{ graph: Graph; table: Table }> {
  const facts = checkModel(writeModel(graph), undefined, trainable);
  const names = new Set(facts.trainable.map(({ name }) => name));
  const split = splitFrozen(graph, (name) => names.has(name));
  if (split === undefined) return { graph, table };
  const width = split.frozen.outputs[0]!.dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
  if (4 * width * table.rows > maxBytes) return { graph, table };
  if (signal?.aborted === true) {
    throw learningError({ code: 'learning.cancelled', message: 'The training was cancelled.', cause: signal.reason });
  }
  // More calls than the rows need, so that the time taken tells their number no closer than the size of the file does.
  const rows = PREDICT_BATCH * paddedLength(Math.ceil(table.rows / PREDICT_BATCH));
  const { values } = await predict(writeModel(split.frozen), { ...table, rows }, engine);
  return { graph: split.trained, table: { ...table, features: values.subarray(0, table.rows * width), width } };
}
