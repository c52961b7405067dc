import { digestOf, fromHex } from '@encryptech/base';
import { addLora, readModel, writeModel } from '@encryptech/onnx';
import { sdkError } from '../errors.ts';

/** The graph that is ordered, and which of its parameters train, in the words of a spec. */
export interface GraphToTrain {
  graph: Uint8Array;
  trainable: string | undefined;
}

/**
 * The graph as it is, or with adapters where `trainable` is `lora:RANK`: then they are what trains. Their first values follow from
 * the graph's digest, so that equal graphs give equal orders; they are public.
 *
 * @throws `sdk.badOption` for a rank that is none, `onnx.…` for a graph without a weight to adapt
 */
export function graphToTrain(graph: Uint8Array, trainable: string | undefined): GraphToTrain {
  const rank = /^lora:(.*)$/.exec(trainable ?? '')?.[1];
  if (rank === undefined) return { graph, trainable };
  if (!/^[1-9][0-9]{0,4}$/.test(rank)) {
    throw sdkError({
      code: 'sdk.badOption',
      message: `"${trainable!.slice(0, 40)}" has no rank.`,
      place: 'trainable',
      hint: 'A whole number from 1, usually 4 to 16, such as lora:8.',
    });
  }
  const adapted = addLora(readModel(graph), { rank: Number(rank), seed: fromHex(digestOf(graph)) });
  return { graph: writeModel(adapted), trainable: 'lora' };
}
