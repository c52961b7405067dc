import { keepsElements } from './keeps-elements.ts';

/** The input itself. */
export const identity = keepsElements({
  op: 'Identity',
  inputs: [1, 1],
  attributes: [],
  shape({ inputs }) {
    const { type, dims, constant } = inputs[0]!;
    return [{ type, dims, constant: type === 'float32' ? undefined : constant }];
  },
});
