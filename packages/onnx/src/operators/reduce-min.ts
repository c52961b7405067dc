import { extreme } from './extreme.ts';

/** The smallest entry over some axes (all by default). */
export const reduceMin = extreme('ReduceMin');
