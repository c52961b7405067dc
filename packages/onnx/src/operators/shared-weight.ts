import type { Builder } from '../build/builder.ts';
import { embeddingOfExamples, embeddingRule, joinedEmbeddings, type Embedding } from './embedding.ts';
import {
  joinedProducts,
  matrixProductRule,
  mostOfProduct,
  productOfExamples,
  type MatrixProduct,
} from './matrix-product.ts';
import type { PerExampleRule, SharedUse } from './operator.ts';

/**
 * Per-example rule of a matrix from all of its uses.
 *
 * Several products are one with more positions, and several lookups are one of more tokens; what is left is a table that is looked
 * up and multiplied with, as where a language model has one matrix for its tokens and for their scores.
 */
export function sharedWeightRule(build: Builder, uses: readonly SharedUse[]): PerExampleRule {
  const products = uses.flatMap((use) => (use.kind === 'product' ? [use.product] : []));
  const embeddings = uses.flatMap((use) => (use.kind === 'lookup' ? [use.embedding] : []));
  if (embeddings.length === 0) return matrixProductRule(build, joinedProducts(build, products));
  const embedding = joinedEmbeddings(build, embeddings);
  if (products.length === 0) return embeddingRule(build, embedding);
  return tiedRule(build, embedding, joinedProducts(build, products));
}

/**
 * The rule of a table E [tokens, width] that is looked up and multiplied with: ‖g + h‖² = ‖g‖² + 2·⟨g, h⟩ + ‖h‖² for the
 * gradients by both uses.
 *
 * The gradient g by the lookups has g_s in the row of token s; h is Σ_t l_t ⊗ r_t over the positions of the product, l_t with an
 * entry for each token. So ⟨g, h⟩ = Σ_s Σ_t l_t[token s]·⟨g_s, r_t⟩: entries of l_t are picked, and nothing the size of the table is
 * made (Li et al. 2021, appendix F, take tied embeddings apart the same way).
 *
 * Where the two uses cancel, their sum in float32 may be far below what is left of the gradient. It is believed down to a quarter
 * of ‖g‖² + ‖h‖²; else twice that stands, which no gradient exceeds. The rounding of ⟨g, h⟩ goes by the lengths of its parts; so
 * ‖h‖² counts for no less than parts in random directions give, as it does in `sequenceWeightRule` for few positions.
 */
function tiedRule(build: Builder, embedding: Embedding, product: MatrixProduct): PerExampleRule {
  const { ghost: ofLookups, materialise: lookups } = embeddingRule(build, embedding);
  const { ghost: ofProducts, materialise: products } = matrixProductRule(build, product);
  const { batch, positions, width } = embedding;
  const pairs = batch * positions * product.positions;
  const size = batch * product.inner * product.outer;
  return {
    ghost: {
      flops: ofLookups!.flops + ofProducts!.flops + 2 * pairs * (width + 1),
      moved: ofLookups!.moved + ofProducts!.moved + 5 * pairs,
      squaredNorms: () => {
        const least = build.emit('Mul', [mostOfProduct(build, product), build.scalar(1 / (4 * product.positions))]);
        const ofProduct = build.emit('Max', [ofProducts!.squaredNorms(), least]);
        const apart = build.emit('Add', [ofLookups!.squaredNorms(), ofProduct]);
        const twice = build.emit('Mul', [innerProducts(build, embedding, product), build.scalar(2)]);
        const together = build.emit('Add', [apart, twice]);
        const enough = build.emit('GreaterOrEqual', [together, build.emit('Mul', [apart, build.scalar(0.25)])]);
        return build.emit('Where', [enough, together, build.emit('Mul', [apart, build.scalar(2)])]);
      },
    },
    materialise: {
      flops: lookups.flops + products.flops + size,
      moved: lookups.moved + products.moved + 2 * size,
      gradients: () => build.emit('Add', [lookups.gradients(), products.gradients()]),
    },
    over: (copies) =>
      tiedRule(build, embeddingOfExamples(build, embedding, copies), productOfExamples(build, product, copies)),
    uses: [
      { kind: 'lookup', embedding },
      { kind: 'product', product },
    ],
  };
}

/** [batch]: ⟨g, h⟩ of each example. */
function innerProducts(build: Builder, embedding: Embedding, product: MatrixProduct): string {
  const { batch, positions, width, table, tokens, gradient } = embedding;
  const { activations, gradient: outputs, transposed } = product;
  const rows = (name: string, entries: number) =>
    build.emit('Reshape', [name, build.ints([batch, product.positions, entries])]);
  const [ofTokens, ofWidth] = transposed ? [outputs, activations] : [activations, outputs];
  const places = build.emit('Expand', [
    build.emit('Unsqueeze', [tokens, build.ints([1])]),
    build.ints([batch, product.positions, positions]),
  ]);
  const picked = build.emit('GatherElements', [rows(ofTokens, table[0]!), places], { axis: 2 });
  const columns = build.emit('Transpose', [gradient], { perm: [0, 2, 1] });
  const parts = build.emit('Mul', [picked, build.emit('MatMul', [rows(ofWidth, width), columns])]);
  return build.emit('ReduceSum', [parts, build.ints([1, 2])], { keepdims: 0 });
}
