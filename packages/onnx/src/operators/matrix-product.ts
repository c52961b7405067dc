import type { Builder } from '../build/builder.ts';
import type { PerExampleRule } from './operator.ts';

/** The facts about y = a·w that the rules for w need. */
export interface MatrixProduct {
  readonly batch: number;
  readonly inner: number;
  readonly outer: number;
  /** Name of a: [batch, inner], or [batch, positions, inner]. */
  readonly activations: string;
  /** Name of the gradient by y: [batch, outer], or [batch, positions, outer]. */
  readonly gradient: string;
  /** True when w is stored [outer, inner]. */
  readonly transposed: boolean;
}

/**
 * Per-example rule of the weight of a dense layer on rows.
 *
 * An example's gradient is the outer product of its activations and its output gradient, so its squared norm is
 * |a|²·|g|² (Goodfellow 2015): no gradient is ever made.
 */
export function denseWeightRule(build: Builder, product: MatrixProduct): PerExampleRule {
  const { batch, inner, outer, activations, gradient, transposed } = product;
  const squares = (name: string) => build.emit('ReduceSumSquare', [name, build.ints([1])], { keepdims: 0 });
  const [left, right] = transposed ? [gradient, activations] : [activations, gradient];
  return {
    ghost: {
      flops: 2 * batch * (inner + outer) + 2 * batch * inner * outer,
      moved: batch * (inner + 2 * outer),
      squaredNorms: () => build.emit('Mul', [squares(activations), squares(gradient)]),
    },
    materialise: {
      flops: batch * inner * outer,
      moved: batch * inner * outer,
      gradients: () =>
        build.emit('Mul', [
          build.emit('Unsqueeze', [left, build.ints([2])]),
          build.emit('Unsqueeze', [right, build.ints([1])]),
        ]),
    },
  };
}

/**
 * Per-example rule of a weight that is used at several positions of each example.
 *
 * The squared norm is the sum over pairs of positions of ⟨a_s, a_t⟩·⟨g_s, g_t⟩ (Li et al. 2021, ghost clipping), which takes
 * less than the gradient itself where positions are few and the weight is large (Bu et al. 2022).
 */
export function sequenceWeightRule(build: Builder, product: MatrixProduct & { positions: number }): PerExampleRule {
  const { batch, inner, outer, positions, activations, gradient, transposed } = product;
  const flip = (name: string) => build.emit('Transpose', [name], { perm: [0, 2, 1] });
  const gram = (name: string) => build.emit('MatMul', [name, flip(name)]);
  const [left, right] = transposed ? [gradient, activations] : [activations, gradient];
  return {
    ghost: {
      flops: 2 * batch * positions * (positions * (inner + outer + 1) + inner * outer),
      moved: batch * positions * (2 * positions + 3 * inner + 3 * outer),
      squaredNorms: () =>
        build.emit('ReduceSum', [build.emit('Mul', [gram(activations), gram(gradient)]), build.ints([1, 2])], {
          keepdims: 0,
        }),
    },
    materialise: {
      flops: 2 * batch * positions * inner * outer,
      moved: batch * inner * outer,
      gradients: () => build.emit('MatMul', [flip(left), right]),
    },
  };
}
