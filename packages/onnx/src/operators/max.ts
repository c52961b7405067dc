import { selection } from './selection.ts';

/** The larger of two numbers, with broadcasting. */
export const max = selection('Max', Math.max);
