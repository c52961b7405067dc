import type { Builder } from '../build/builder.ts';
import type { PerExampleRule } from './operator.ts';
import { lengthProduct, squaredLength, squaredLengthOfRows } from './squared-length.ts';

/** With more positions than these, pairs of positions cost more than the gradient does, and their sum says less. */
const MOST_PAIRED = 64;

/** Gradients of a batch that exist at a time where norms are taken part by part. */
const PART_BYTES = 32 * 2 ** 20;

/** Parts of one weight at most: each is a few nodes of the graph. */
const MOST_PARTS = 32;

/** The facts about y = a·w that the rules for w need. */
export interface MatrixProduct {
  readonly batch: number;
  /** Rows of one example. */
  readonly positions: number;
  readonly inner: number;
  readonly outer: number;
  /** Name of a: [batch, inner] for one position, [batch, positions, inner] for more. */
  readonly activations: string;
  /** Name of the gradient by y: [batch, outer] or [batch, positions, outer]. */
  readonly gradient: string;
  /** True when w is stored [outer, inner]. */
  readonly transposed: boolean;
}

/** Per-example rule of a weight that is used at one position of each example or at several. */
export const matrixProductRule = (build: Builder, product: MatrixProduct): PerExampleRule => ({
  ...(product.positions === 1 ? denseWeightRule(build, product) : sequenceWeightRule(build, product)),
  over: (copies) => matrixProductRule(build, productOfExamples(build, product, copies)),
  uses: [{ kind: 'product', product }],
});

/**
 * The product of which several products with one weight are parts: each example has the positions of all of them.
 *
 * A weight that a product takes turned gets its gradient from the same two vectors in the other order.
 */
export function joinedProducts(build: Builder, products: readonly MatrixProduct[]): MatrixProduct {
  const [first, ...others] = products as [MatrixProduct, ...MatrixProduct[]];
  if (others.length === 0) return first;
  const { batch, inner, outer, transposed } = first;
  const joined = (side: (product: MatrixProduct) => string, width: number) =>
    build.emit(
      'Concat',
      products.map((product) =>
        product.positions === 1 ? build.emit('Reshape', [side(product), build.ints([batch, 1, width])]) : side(product),
      ),
      { axis: 1 },
    );
  const isTurned = (product: MatrixProduct) => product.transposed !== transposed;
  return {
    ...{ batch, inner, outer, transposed },
    positions: products.reduce((sum, { positions }) => sum + positions, 0),
    activations: joined((product) => (isTurned(product) ? product.gradient : product.activations), inner),
    gradient: joined((product) => (isTurned(product) ? product.activations : product.gradient), outer),
  };
}

/**
 * Per-example rule of the weight of a dense layer on rows.
 *
 * An example's gradient is the outer product of its activations and its output gradient, so its squared norm is
 * |a|²·|g|² (Goodfellow 2015): no gradient is ever made.
 */
function denseWeightRule(build: Builder, product: MatrixProduct): PerExampleRule {
  const { batch, inner, outer, activations, gradient, transposed } = product;
  const [left, right] = transposed ? [gradient, activations] : [activations, gradient];
  return {
    ghost: {
      flops: 2 * batch * (inner + outer) + 2 * batch * inner * outer,
      moved: batch * (inner + 2 * outer),
      squaredNorms: () => mostOfProduct(build, product),
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

/** The product with each `copies` consecutive rows as one example: rows are to it what positions are. */
export function productOfExamples(build: Builder, product: MatrixProduct, copies: number): MatrixProduct {
  const { inner, outer, activations, gradient } = product;
  const [batch, positions] = [product.batch / copies, product.positions * copies];
  const reshaped = (name: string, width: number) =>
    build.emit('Reshape', [name, build.ints([batch, positions, width])]);
  return {
    ...product,
    ...{ batch, positions, activations: reshaped(activations, inner), gradient: reshaped(gradient, outer) },
  };
}

/**
 * Per-example rule of a weight that is used at several positions of each example.
 *
 * With few positions, the squared norm is the sum over pairs of positions of ⟨a_s, a_t⟩·⟨g_s, g_t⟩ (Li et al. 2021, ghost
 * clipping), which takes less than the gradient itself where the weight is large (Bu et al. 2022). With many, pairs take more than
 * the gradient does; then some columns of the gradient at a time are made, measured and dropped: as exact as the whole gradient,
 * as many operations, and memory that doesn't grow with batch × weight. The clipped sum comes from activations in both.
 *
 * Where the parts of two positions cancel, float32 has nothing left of the sum over pairs but its rounding, which may be 0 while
 * the gradient is as long as one likes: a graph can be built so. The sum is believed only when it is no smaller than what parts in
 * random directions give ((Σ_s |a_s|·|g_s|)² over the positions, and a factor 4 for luck); else (Σ_s |a_s|·|g_s|)² stands, which no
 * gradient exceeds.
 */
export function sequenceWeightRule(build: Builder, product: MatrixProduct): PerExampleRule {
  const { batch, inner, outer, positions, activations, gradient, transposed } = product;
  const flip = (name: string) => build.emit('Transpose', [name], { perm: [0, 2, 1] });
  const [left, right] = transposed ? [gradient, activations] : [activations, gradient];
  const pairs = {
    flops: 2 * batch * positions * ((positions + 1) * (inner + outer) + positions + inner * outer),
    moved: batch * positions * (2 * positions + 4 * inner + 4 * outer),
    squaredNorms: () => normsOfPairs(build, product),
  };
  const parts = {
    flops: 2 * batch * inner * outer * (2 * positions + 1),
    moved: batch * (inner * outer + positions * (2 * inner + 4 * outer)),
    squaredNorms: () => normsOfParts(build, product),
  };
  return {
    ghost: positions > MOST_PAIRED ? parts : pairs,
    materialise: {
      flops: 2 * batch * positions * inner * outer,
      moved: batch * inner * outer,
      gradients: () => build.emit('MatMul', [flip(left), right]),
    },
  };
}

/** Squared norms from the inner products of activations and of gradients, for each pair of positions. */
function normsOfPairs(build: Builder, product: MatrixProduct): string {
  const { activations, gradient } = product;
  const gram = (name: string) => build.emit('MatMul', [name, build.emit('Transpose', [name], { perm: [0, 2, 1] })]);
  const products = build.emit('Mul', [gram(activations), gram(gradient)]);
  const pairs = build.emit('ReduceSum', [products, build.ints([1, 2])], { keepdims: 0 });
  const most = mostOfProduct(build, product);
  const least = build.emit('Mul', [most, build.scalar(1 / (4 * product.positions))]);
  return build.emit('Where', [build.emit('GreaterOrEqual', [pairs, least]), pairs, most]);
}

/** [batch]: (Σ_s |a_s|·|g_s|)², which the squared norm of an example's gradient doesn't exceed. */
export function mostOfProduct(
  build: Builder,
  { inner, outer, positions, activations, gradient }: MatrixProduct,
): string {
  const axis = positions === 1 ? 1 : 2;
  const squares = lengthProduct(
    build,
    squaredLength(build, activations, [axis], inner),
    squaredLength(build, gradient, [axis], outer),
  );
  if (positions === 1) return squares;
  const length = build.emit('ReduceSum', [build.emit('Sqrt', [squares]), build.ints([1])], { keepdims: 0 });
  return build.emit('Mul', [length, length]);
}

/** Squared norms from some columns of the gradients at a time. */
function normsOfParts(build: Builder, { batch, inner, outer, activations, gradient }: MatrixProduct): string {
  const columns = Math.min(
    outer,
    Math.max(1, Math.floor(PART_BYTES / (4 * batch * inner)), Math.ceil(outer / MOST_PARTS)),
  );
  const rows = build.emit('Transpose', [activations], { perm: [0, 2, 1] });
  const sums: string[] = [];
  for (let start = 0; start < outer; start += columns) {
    const end = Math.min(outer, start + columns);
    const some =
      columns === outer
        ? gradient
        : build.emit('Slice', [gradient, build.ints([start]), build.ints([end]), build.ints([2])]);
    const size = inner * (end - start);
    const part = build.emit('Reshape', [build.emit('MatMul', [rows, some]), build.ints([batch, size])]);
    sums.push(squaredLengthOfRows(build, part, batch, size));
  }
  return sums.length === 1 ? sums[0]! : build.emit('Sum', sums);
}
