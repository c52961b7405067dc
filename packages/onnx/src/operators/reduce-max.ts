import { extreme } from './extreme.ts';

/** The largest entry over some axes (all by default). */
export const reduceMax = extreme('ReduceMax');
