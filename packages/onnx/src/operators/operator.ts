import type { Builder } from '../build/builder.ts';
import type { DataType } from '../graph/data-type.ts';
import type { Node } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Embedding } from './embedding.ts';
import type { MatrixProduct } from './matrix-product.ts';

/**
 * Type and shape of a value at one batch size; `constant` when it is known before any data is.
 *
 * A rule may compute a constant from constants (shapes, axes), but never a float32 one: that could be a parameter.
 */
export interface ValueType {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly constant?: Tensor | undefined;
}

/** A value with its name. */
export interface TypedValue extends ValueType {
  readonly name: string;
}

/**
 * A value with the axis that holds the examples; null when it depends on parameters and constants only.
 *
 * The promise of an axis: entry i along it depends on entry i of the graph's inputs, and on no other.
 */
export interface Value extends TypedValue {
  readonly batchAxis: number | null;
}

/** What a shape rule sees. An optional input that is left out is undefined. */
export interface ShapeCall {
  readonly node: Node;
  readonly opset: number;
  readonly inputs: readonly (TypedValue | undefined)[];
}

/** What a batch rule sees. */
export interface BatchCall extends ShapeCall {
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly TypedValue[];
}

/** A node with all facts about its values. */
export interface Call extends ShapeCall {
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
}

/** What a gradient rule sees: names of the outputs' gradients (undefined: no gradient arrives there). */
export interface GradientCall extends Call {
  readonly gradients: readonly (string | undefined)[];
  /** Whether a gradient by input i is wanted. */
  readonly wants: readonly boolean[];
  readonly build: Builder;
}

/** Floating-point operations, a multiply-add counted as two. */
export interface Flops {
  readonly forward: number;
  /** Cost of the gradient by each input; missing entries cost nothing. */
  readonly gradients: readonly number[];
}

/**
 * How to get the norms of one parameter's per-example gradients, and what that costs.
 *
 * `ghost` gives the squared norms without the gradients themselves; their clipped sum then takes one more contraction, which
 * is part of its cost. `materialise` gives the gradients; what is done with them is added to its cost by the clipper.
 */
export interface PerExampleRule {
  readonly ghost?: Cost & {
    /** Name of the squared norms, [batch]. */
    squaredNorms(): string;
  };
  readonly materialise: Cost & {
    /** Name of the gradients, [batch, ...shape of the parameter]. */
    gradients(): string;
    /** The gradients with their entries in an order that is cheaper to make, and how a sum of them is put in order. */
    readonly shuffled?: { gradients(): string; ordered(sum: string): string };
  };
  /**
   * The rule where each `copies` consecutive rows are one example, for batch / copies examples, whose gradient is the sum over
   * their rows. Left out: the rows' gradients are made and added.
   */
  over?(copies: number): PerExampleRule;
  /** How the value is used, where that is enough to make one rule of several uses: `sharedWeightRule`. */
  readonly uses?: readonly SharedUse[];
}

/** A use of a matrix: rows of data times it, or its rows looked up. Tied weights have several. */
export type SharedUse =
  | { readonly kind: 'product'; readonly product: MatrixProduct }
  | { readonly kind: 'lookup'; readonly embedding: Embedding };

/** What a choice between two ways goes by. */
export interface Cost {
  readonly flops: number;
  /** Elements that are written to memory and read back. */
  readonly moved: number;
}

/** Everything the compiler knows about one operator. To add an operator is to add one file with one of these. */
export interface Operator {
  readonly op: string;
  /** Fewest and most inputs. */
  readonly inputs: readonly [number, number];
  /** Fewest and most outputs; one when left out. */
  readonly outputs?: readonly [number, number];
  /** The attributes that the rules below take into account. Any other is refused. */
  readonly attributes: readonly string[];
  /** Inputs that are never trained: exponents, running statistics. Whole-number inputs needn't be named. */
  readonly untrained?: readonly number[];
  /** Refuses nodes that no rule covers, from attributes alone, with `onnx.unsupportedAttribute` or `onnx.mixesBatch`. */
  check?(node: Node, opset: number): void;
  /** Types and shapes of the outputs; throws `onnx.shape` or `onnx.unsupportedType`. */
  shape(call: ShapeCall): readonly ValueType[];
  /** Batch axis of each output; called when an input has one. Throws `onnx.mixesBatch` where examples could meet. */
  batch(call: BatchCall): readonly (number | null)[];
  /** Cost at these shapes, batch included. */
  flops(call: Call): Flops;
  /** Emits the node in the compiled graph's opset; left out, the node is copied. Returns the outputs' names. */
  lower?(call: Call, build: Builder): readonly string[];
  /**
   * Vector-Jacobian product: the name of the gradient by each wanted input, in the input's shape (undefined: zero).
   * The gradient by an input without a batch axis is the sum over the batch. Left out: the operator has no gradient.
   */
  vjp?(call: GradientCall): readonly (string | undefined)[];
  /** Per-example-norm rule of input `input`, which has no batch axis while an output has one. */
  perExample?(call: GradientCall, input: number): PerExampleRule;
  /**
   * For a node of which no input has a batch axis: from gradients [batch, ...shape of output `output`] those by the wanted
   * input, [batch, ...shape of the input]. `isometric` says that norms stay as they are.
   */
  readonly lift?: {
    readonly isometric: boolean;
    gradients(call: GradientCall, gradients: string, from: { batch: number; output: number }): string;
    /** The use of the input that a use of the output is; left out, or undefined, when it is none of a {@link SharedUse}. */
    use?(call: Call, use: SharedUse): SharedUse | undefined;
  };
  /**
   * True for an operator that may repeat values along an axis as long as the batch (Expand to a shape that was read from the
   * data's). Where no input has a batch axis, that axis of the output becomes its batch axis.
   */
  readonly repeats?: boolean;
}
