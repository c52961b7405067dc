import { errorsOf } from '@encryptech/base';

/** Every code this package refuses with. */
export type OnnxErrorCode =
  /** The bytes end inside a message. */
  | 'onnx.truncated'
  /** A cap of {@link Limits} would be passed. */
  | 'onnx.tooLarge'
  /** Not a well-formed ONNX model: wrong wire types, names used twice, cycles, missing values, bad attributes. */
  | 'onnx.malformed'
  /** An operator, domain, function, or control flow that isn't in the table. */
  | 'onnx.unsupportedOperator'
  /** An opset outside 13–22. */
  | 'onnx.unsupportedOpset'
  /** An attribute, or a value of it, that the operator's entry doesn't cover. */
  | 'onnx.unsupportedAttribute'
  /** A tensor type that isn't in the table, or not allowed at this place. */
  | 'onnx.unsupportedType'
  /** Weights that live outside the file. */
  | 'onnx.externalData'
  /** Shapes that don't fit together. */
  | 'onnx.shape'
  /** An example could see another example. */
  | 'onnx.mixesBatch'
  /** A trainable parameter that no gradient rule reaches, or nothing to train. */
  | 'onnx.notDifferentiable'
  /** A model that can't be used as asked: several inputs, outputs that don't fit the loss, parameters that are missing. */
  | 'onnx.badRequest';

/** A constructor of this package's errors. */
export const onnxError = errorsOf<OnnxErrorCode>();
