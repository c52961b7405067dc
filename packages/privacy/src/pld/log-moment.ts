import type { DiscreteLoss } from './discrete-loss.ts';

/** ln E_P[e^(tilt·loss)] of the finite part of a discrete loss distribution. */
export function logMoment({ interval, first, mass }: DiscreteLoss, tilt: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  const logs = new Float64Array(mass.length);
  for (let i = 0; i < mass.length; i++) {
    const value = Math.log(mass[i]!) + tilt * interval * (first + i);
    logs[i] = value;
    if (value > highest) highest = value;
  }
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i]! - highest);
  return highest + Math.log(sum);
}
