import type { Builder } from './build/builder.ts';

/** Gradients of each example by one parameter, materialised. */
export interface ParameterRows {
  readonly parameter: { readonly name: string; readonly dims: readonly number[] };
  readonly size: number;
  /** [batch, size]. */
  readonly rows: string;
  /** From a sum over rows, [1, size], to the parameter's entries in their order. Left out: they are in order. */
  readonly ordered?: ((sum: string) => string) | undefined;
}

/** Gradients that are measured, left out and summed together: those of one parameter, or of several side by side. */
export interface GradientBlock {
  readonly parts: readonly ParameterRows[];
  /** [batch, size]. */
  readonly rows: string;
  readonly size: number;
}

/** Parameters of at most so many entries are put side by side: a node takes longer to start than their entries take. */
const SMALL = 128;

/** The gradients in as few blocks as pay. */
export function gradientBlocks(build: Builder, parts: readonly ParameterRows[]): GradientBlock[] {
  const alone = (part: ParameterRows): GradientBlock => ({ parts: [part], rows: part.rows, size: part.size });
  const small = parts.filter(({ size }) => size <= SMALL);
  if (small.length < 2) return parts.map(alone);
  const joined: GradientBlock = {
    parts: small,
    rows: build.emit(
      'Concat',
      small.map(({ rows }) => rows),
      { axis: 1 },
    ),
    size: small.reduce((sum, { size }) => sum + size, 0),
  };
  return [joined, ...parts.filter(({ size }) => size > SMALL).map(alone)];
}

/** The sums by parameter, each in its shape, out of a sum over the rows of a block, [1, size]. */
export function sumsOfBlock(build: Builder, { parts }: GradientBlock, sum: string): [name: string, sum: string][] {
  const pieces =
    parts.length === 1
      ? [sum]
      : build.emitAll('Split', [sum, build.ints(parts.map(({ size }) => size))], parts.length, { axis: 1 });
  return parts.map(({ parameter, ordered = (piece) => piece }, i) => [
    parameter.name,
    build.emit('Reshape', [ordered(pieces[i]!), build.ints(parameter.dims)]),
  ]);
}
