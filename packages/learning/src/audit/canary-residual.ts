import type { Adjacency } from '@encryptech/privacy';
import type { Loss } from '../training/training-job.ts';

/** Which labels canaries have, and where their weights go. */
export interface CanaryResidual {
  /** The target of a canary that is in; under `replace-one` also that of one that is out. */
  readonly targets: { readonly in: number; readonly out: number };
  /** Unit vector along which descent moves the outputs of a canary that is in, away from one that is out. */
  readonly direction: readonly number[];
}

/**
 * The labels at which an example with these outputs has the largest gradient, and its direction: the negative derivative of
 * the loss by the outputs.
 */
export function canaryResidual(loss: Loss, outputs: readonly number[], adjacency: Adjacency): CanaryResidual {
  if (loss === 'softmax-cross-entropy') {
    const top = Math.max(...outputs);
    const powers = outputs.map((z) => Math.exp(z - top));
    const total = powers.reduce((a, b) => a + b);
    const pull = (label: number) => powers.map((power, k) => (k === label ? 1 : 0) - power / total);
    const least = powers.indexOf(Math.min(...powers));
    const other = powers.findIndex((_, k) => k !== least);
    const away = unit(pull(other));
    const towards = unit(pull(least));
    const apart = towards.map((part, k) => part - away[k]!);
    return { targets: { in: least, out: other }, direction: adjacency === 'replace-one' ? unit(apart) : towards };
  }
  const z = outputs[0]!;
  if (loss === 'binary-cross-entropy-with-logits') {
    const label = z > 0 ? 0 : 1;
    return { targets: { in: label, out: 1 - label }, direction: [label === 1 ? 1 : -1] };
  }
  // A regression's targets are scaled to [−1, 1]: the farther end from what the model says, and beyond it.
  const [low, high] = [Math.min(-1, z - 1), Math.max(1, z + 1)];
  return z > 0
    ? { targets: { in: low, out: high }, direction: [-1] }
    : { targets: { in: high, out: low }, direction: [1] };
}

function unit(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((part) => part / norm);
}
