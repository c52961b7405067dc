import { keepsElements } from './keeps-elements.ts';

/** The input itself. */
export const identity = keepsElements({
  op: 'Identity',
  inputs: [1, 1],
  attributes: [],
  shape: ({ inputs }) => [{ type: inputs[0]!.type, dims: inputs[0]!.dims, constant: inputs[0]!.constant }],
});
