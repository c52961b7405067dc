import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { broadcastBatch, broadcastDims } from './broadcast.ts';
import { broadcastPlaces, folded } from './fold.ts';
import type { Operator } from './operator.ts';

/** The table entry of an operator that says of two numbers (or two conditions) what holds. It has no gradient. */
const comparison = (op: string, holds: (a: number, b: number) => boolean): Operator => ({
  op,
  inputs: [2, 2],
  attributes: [],
  shape(call) {
    const { node, inputs } = call;
    const [a, b] = [inputs[0]!, inputs[1]!];
    const onConditions = op === 'And' || op === 'Or' || op === 'Xor';
    if (a.type !== b.type || (onConditions && a.type !== 'bool'))
      throw nodeError(node, 'onnx.unsupportedType', `inputs of types ${a.type} and ${b.type} don't go together`);
    const dims = broadcastDims(node, a.dims, b.dims);
    return [
      folded(call, { type: 'bool', dims }, ([x, y]) => {
        const ofA = broadcastPlaces(dims, x!.dims);
        const ofB = broadcastPlaces(dims, y!.dims);
        return ofA.map((place, i) => Number(holds(x!.values[place]!, y!.values[ofB[i]!]!)));
      }),
    ];
  },
  batch: broadcastBatch,
  flops: ({ outputs }) => ({ forward: elementCount(outputs[0]!.dims), gradients: [] }),
});

/** True where the two are equal. */
export const equal = comparison('Equal', (a, b) => a === b);
/** True where the first is larger. */
export const greater = comparison('Greater', (a, b) => a > b);
/** True where the first is no smaller. */
export const greaterOrEqual = comparison('GreaterOrEqual', (a, b) => a >= b);
/** True where the first is smaller. */
export const less = comparison('Less', (a, b) => a < b);
/** True where the first is no larger. */
export const lessOrEqual = comparison('LessOrEqual', (a, b) => a <= b);
/** True where both conditions hold. */
export const and = comparison('And', (a, b) => a !== 0 && b !== 0);
/** True where one of the conditions holds, or both. */
export const or = comparison('Or', (a, b) => a !== 0 || b !== 0);
/** True where exactly one of the conditions holds. */
export const xor = comparison('Xor', (a, b) => (a !== 0) !== (b !== 0));
