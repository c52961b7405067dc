import type { Builder } from '../build/builder.ts';
import { dataTypes } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import { floatTensor, intTensor } from '../graph/tensor.ts';
import type { PerExampleRule } from './operator.ts';
import { squaredLength } from './squared-length.ts';

/** A table of rows that examples look up. */
export interface Embedding {
  readonly batch: number;
  /** Rows that one example looks up. */
  readonly positions: number;
  /** Entries of a row. */
  readonly width: number;
  /** The table's shape. */
  readonly table: readonly number[];
  /** Name of int64 [batch, positions], each a row of the table. */
  readonly tokens: string;
  /** Name of the gradient by what was looked up, [batch, positions, width]. */
  readonly gradient: string;
}

/**
 * Per-example rule of a table of rows.
 *
 * An example's gradient has, in the row of each token, the sum of the gradients at that token's positions. A matrix that says
 * which positions have the same token adds them, Hₛ = Σ[token t = token s]·gₜ, and Σₛ |Hₛ|² over the number of such t is the
 * squared norm, a sum of nothing negative: no gradient the size of the table is made.
 *
 * The clipped sum adds the parts in another order. Where they cancel, rounding could leave more than Hₛ shows; so below a
 * quarter of Σ|gₜ|² the bound of Cauchy and Schwarz stands instead, positions · Σ|gₜ|².
 */
export function embeddingRule(build: Builder, embedding: Embedding): PerExampleRule {
  const { batch, positions, width, table, tokens, gradient } = embedding;
  const size = elementCount(table);
  return {
    ghost: {
      flops: 2 * batch * positions * (positions * (width + 2) + 2 * width),
      moved: batch * positions * (3 * positions + 4 * width),
      squaredNorms: () => {
        const all = squaredLength(build, gradient, [1, 2], positions * width);
        if (positions === 1) return all;
        const column = build.emit('Unsqueeze', [tokens, build.ints([2])]);
        const row = build.emit('Unsqueeze', [tokens, build.ints([1])]);
        const same = build.emit('Cast', [build.emit('Equal', [column, row])], { to: dataTypes.float32.code });
        const times = build.emit('ReduceSum', [same, build.ints([2])], { keepdims: 1 });
        const sums = build.emit('Div', [build.emit('MatMul', [same, gradient]), build.emit('Sqrt', [times])]);
        const exact = squaredLength(build, sums, [1, 2], positions * width);
        const enough = build.emit('GreaterOrEqual', [exact, build.emit('Mul', [all, build.scalar(0.25)])]);
        return build.emit('Where', [enough, exact, build.emit('Mul', [all, build.scalar(positions)])]);
      },
    },
    materialise: {
      flops: batch * (size + positions * width),
      moved: batch * (size + positions * width),
      gradients: () => {
        const examples = build.constant(
          intTensor(
            [batch, positions],
            Array.from({ length: batch * positions }, (_, i) => Math.floor(i / positions) * table[0]!),
          ),
        );
        const rows = build.emit('Add', [tokens, examples]);
        const shape = build.ints([batch, ...table]);
        return build.emit('Reshape', [scatter(build, embedding, rows, batch * table[0]!), shape]);
      },
    },
    over: (copies) => embeddingRule(build, embeddingOfExamples(build, embedding, copies)),
    uses: [{ kind: 'lookup', embedding }],
  };
}

/** The embedding of which several with one table are parts: each example looks up the tokens of all of them. */
export function joinedEmbeddings(build: Builder, embeddings: readonly Embedding[]): Embedding {
  if (embeddings.length === 1) return embeddings[0]!;
  const joined = (names: readonly string[]) => build.emit('Concat', names, { axis: 1 });
  return {
    ...embeddings[0]!,
    positions: embeddings.reduce((sum, { positions }) => sum + positions, 0),
    tokens: joined(embeddings.map(({ tokens }) => tokens)),
    gradient: joined(embeddings.map(({ gradient }) => gradient)),
  };
}

/** The embedding with each `copies` consecutive rows as one example: it looks up the tokens of all of them. */
export function embeddingOfExamples(build: Builder, embedding: Embedding, copies: number): Embedding {
  const [batch, positions] = [embedding.batch / copies, embedding.positions * copies];
  return {
    ...embedding,
    ...{ batch, positions },
    tokens: build.emit('Reshape', [embedding.tokens, build.ints([batch, positions])]),
    gradient: build.emit('Reshape', [embedding.gradient, build.ints([batch, positions, embedding.width])]),
  };
}

/** The gradient by the table, summed over the batch, in the table's shape. */
export const embeddingSum = (build: Builder, embedding: Embedding): string =>
  build.emit('Reshape', [
    scatter(build, embedding, embedding.tokens, embedding.table[0]!),
    build.ints(embedding.table),
  ]);

/** The gradients added into a table of `rows` rows. */
function scatter(
  build: Builder,
  { batch, positions, width, gradient }: Embedding,
  tokens: string,
  rows: number,
): string {
  const zeros = build.emit('ConstantOfShape', [build.ints([rows, width])], {
    value: { kind: 'tensor', value: floatTensor([1], [0]) },
  });
  const places = build.emit('Reshape', [tokens, build.ints([batch * positions, 1])]);
  const updates = build.emit('Reshape', [gradient, build.ints([batch * positions, width])]);
  return build.emit('ScatterND', [zeros, places, updates], { reduction: 'add' });
}
