import type { Cost, PerExampleRule } from './operators/operator.ts';

/** Operations that a processor does while one element goes to memory and comes back, roughly; measured on two cores. */
const FLOPS_PER_MOVE = 50;

/** More than this of a batch's gradients is not materialised where ghost norms, or a sum without them, can be had. */
export const MATERIALISED_BYTES = 512 * 2 ** 20;

/** The way to a parameter's norms and clipped sum, and the floating-point operations of both together. */
export interface ChosenRule {
  readonly way: 'ghost' | 'materialise';
  readonly flops: number;
}

/**
 * The cheaper way for a parameter of `size` elements in a batch of `batch`.
 *
 * Materialised gradients are read again for the norm, for leaving out bad examples, and for the sum.
 */
export function chooseRule({ ghost, materialise }: PerExampleRule, batch: number, size: number): ChosenRule {
  const whole = { flops: materialise.flops + 4 * batch * size, moved: materialise.moved + 3 * batch * size };
  const cost = ({ flops, moved }: Cost) => flops + FLOPS_PER_MOVE * moved;
  const tooLarge = 4 * batch * size > MATERIALISED_BYTES;
  return ghost !== undefined && (tooLarge || cost(ghost) < cost(whole))
    ? { way: 'ghost', flops: ghost.flops }
    : { way: 'materialise', flops: whole.flops };
}

/** A parameter's rule and its number of elements. */
export interface RuledParameter {
  readonly rule: PerExampleRule;
  readonly size: number;
}

/**
 * The way for each parameter: the cheaper one, but where the gradients that are materialised would take too much memory together,
 * the largest have ghost norms until the rest fits.
 */
export function chooseRules(parameters: readonly RuledParameter[], batch: number): ChosenRule['way'][] {
  const ways = parameters.map(({ rule, size }) => chooseRule(rule, batch, size).way);
  const bytesOf = (i: number) => (ways[i] === 'materialise' ? 4 * batch * parameters[i]!.size : 0);
  let bytes = parameters.reduce((sum, _, i) => sum + bytesOf(i), 0);
  const largestFirst = [...parameters.keys()].sort((a, b) => bytesOf(b) - bytesOf(a));
  for (const i of largestFirst) {
    if (bytes <= MATERIALISED_BYTES) break;
    if (parameters[i]!.rule.ghost === undefined) continue;
    bytes -= bytesOf(i);
    ways[i] = 'ghost';
  }
  return ways;
}
