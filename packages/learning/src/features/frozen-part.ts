import { checkModel, writeModel, type Graph } from '@encryptech/onnx';
import { splitFrozen, type SplitGraph } from './split-frozen.ts';

/** Features of all declared rows may take so many bytes. */
const MOST_BYTES = 2 ** 30;

/** A graph cut in two, and how many numbers the first part makes of a row. */
export interface FrozenPart extends SplitGraph {
  width: number;
}

/**
 * The part of the graph that is worth computing once a row, since nothing of it trains; undefined where nothing heavy is frozen, or
 * where the features of the declared rows would take more than 1 GiB. It follows from public facts alone: training goes by it, and
 * so does the price.
 */
export function frozenPart(graph: Graph, trainable: string, declaredRows: number): FrozenPart | undefined {
  const names = new Set(checkModel(writeModel(graph), undefined, trainable).trainable.map(({ name }) => name));
  const split = splitFrozen(graph, (name) => names.has(name));
  if (split === undefined) return undefined;
  const width = split.frozen.outputs[0]!.dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
  return 4 * width * declaredRows > MOST_BYTES ? undefined : { ...split, width };
}
