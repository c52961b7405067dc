import type { LossName } from '../src/losses/loss.ts';

/** Loss of one example by its definition, in float64. */
export function lossOf(name: LossName, output: readonly number[], target: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  switch (name) {
    case 'softmax-cross-entropy': {
      const total = output.reduce((sum, logit) => sum + Math.exp(logit), 0);
      return Math.log(total) - output[target[0]!]!;
    }
    case 'binary-cross-entropy-with-logits':
      return mean(
        output.map((logit, i) => {
          const probability = 1 / (1 + Math.exp(-logit));
          return -target[i]! * Math.log(probability) - (1 - target[i]!) * Math.log(1 - probability);
        }),
      );
    case 'huber':
      return mean(
        output.map((value, i) => {
          const distance = Math.abs(value - target[i]!);
          return distance <= 1 ? distance ** 2 / 2 : distance - 0.5;
        }),
      );
    case 'mean-squared-error':
      return mean(output.map((value, i) => (value - target[i]!) ** 2));
  }
}
