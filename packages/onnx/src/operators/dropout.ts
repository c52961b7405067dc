import { nodeError } from '../graph/node-error.ts';
import { keepsElements } from './keeps-elements.ts';
import { constantInput } from './constant-input.ts';

/** The input itself: nothing is dropped. DP training needs no other noise, and random operators are not compiled. */
export const dropout = keepsElements({
  op: 'Dropout',
  inputs: [1, 3],
  attributes: ['seed', 'ratio'],
  untrained: [1, 2],
  shape(call) {
    const { node, inputs } = call;
    if (inputs[2] !== undefined && constantInput(call, 2, 'training mode')[0] !== 0) {
      throw nodeError(
        node,
        'onnx.unsupportedAttribute',
        'drops elements at random (training mode)',
        'Export the model in evaluation mode',
      );
    }
    const { type, dims } = inputs[0]!;
    return [{ type, dims }];
  },
  lower: ({ inputs }, build) => [build.emit('Identity', [inputs[0]!.name])],
});
