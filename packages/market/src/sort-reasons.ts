import { reasonCodes, type ReasonCode } from './reasons.ts';

const place = new Map(reasonCodes.map((code, i) => [code, i]));

/** Each reason once, in the order of the list. */
export const sortReasons = (codes: Iterable<ReasonCode>): ReasonCode[] =>
  [...new Set(codes)].sort((a, b) => place.get(a)! - place.get(b)!);
