import type { EncryptechError } from '@encryptech/base';
import { onnxError, type OnnxErrorCode } from '../errors.ts';
import type { Node } from './graph.ts';
import { placeOf } from './place-of.ts';

/** An error that names the node: `place`, and `data` with node, op and reason. */
export function nodeError(
  node: Node,
  code: OnnxErrorCode,
  reason: string,
  hint?: string,
): EncryptechError<OnnxErrorCode> {
  return onnxError({
    code,
    message: `${placeOf(node)}: ${reason}`,
    place: placeOf(node),
    hint,
    data: { node: node.name === '' ? (node.outputs[0] ?? '') : node.name, op: node.op, reason },
  });
}
