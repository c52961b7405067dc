import { logNormalTail } from '../numeric/log-normal-tail.ts';
import type { MixturePair } from './mixture-pair.ts';

/** P(X < x) under the pair's first distribution. */
export const probabilityBelow = ({ mu, up }: Pick<MixturePair, 'mu' | 'up'>, x: number): number =>
  (1 - up) * Math.exp(logNormalTail(-x)) + up * Math.exp(logNormalTail(mu - x));
