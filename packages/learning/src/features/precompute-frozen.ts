import { writeModel, type Graph } from '@encryptech/onnx';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { paddedLength } from '../data/rows/pack-rows.ts';
import { learningError } from '../errors.ts';
import { PREDICT_BATCH, predict } from '../inference/predict.ts';
import { frozenPart } from './frozen-part.ts';

export interface PrecomputeFrozenOptions {
  graph: Graph;
  table: Table;
  engine: Engine;
  /** Which parameters train, as the job says. */
  trainable?: string | undefined;
  /** Rows as they are declared, by which it is decided whether features fit: a public number. The table's if left out. */
  declaredRows?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * What training needs of a graph and a table once the graph's frozen part has been run on every row: the rest of the graph, and a
 * table of features in place of inputs. Graph and table themselves where `frozenPart` finds none.
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
  declaredRows = table.rows,
  signal,
}: PrecomputeFrozenOptions): Promise<{ graph: Graph; table: Table }> {
  const split = frozenPart(graph, trainable, declaredRows);
  if (split === undefined) return { graph, table };
  const { width } = split;
  if (signal?.aborted === true) {
    throw learningError({ code: 'learning.cancelled', message: 'The training was cancelled.', cause: signal.reason });
  }
  // More calls than the rows need, so that the time taken tells their number no closer than the size of the file does.
  const rows = PREDICT_BATCH * paddedLength(Math.ceil(table.rows / PREDICT_BATCH));
  const { values } = await predict(writeModel(split.frozen), { ...table, rows }, engine);
  return { graph: split.trained, table: { ...table, features: values.subarray(0, table.rows * width), width } };
}
