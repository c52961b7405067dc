/**
 * Which datasets count as neighbours: one privacy unit more or less, or one unit exchanged for another.
 * A number of epsilon means nothing without it: the same run reads 0.83 under the first and 1.50 under the second.
 */
export type Adjacency = 'add-or-remove-one' | 'replace-one';

/** The names, for messages and for checks at run time. */
export const ADJACENCIES: readonly Adjacency[] = ['add-or-remove-one', 'replace-one'];
