import { selection } from './selection.ts';

/** The smaller of two numbers, with broadcasting. */
export const min = selection('Min', Math.min);
