import type { Tensor } from './tensor.ts';
import type { DataType } from './data-type.ts';

/** A value of an attribute. Sub-graphs, sparse tensors and type protos have none: they are refused when read. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

/** One call of an operator. An optional input that is left out is the empty string, as in ONNX. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A dimension: a number, or the name of a symbolic one; an unnamed unknown one is the empty string. */
export type Dimension = number | string;

/** Name, element type and shape of a graph's input or output. */
export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly Dimension[];
}

/**
 * The one intermediate form: an ONNX graph whose nodes are in an order in which each value is made once, before it is used.
 *
 * Immutable; every pass returns a new graph or facts about this one. Axis 0 of every input is the batch.
 */
export interface Graph {
  readonly name: string;
  readonly opset: number;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}
