import { binaryCrossEntropyWithLogits } from './binary-cross-entropy-with-logits.ts';
import { huber } from './huber.ts';
import type { Loss, LossName } from './loss.ts';
import { meanSquaredError } from './mean-squared-error.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';

/** Every loss by its name. */
export const losses: ReadonlyMap<LossName, Loss> = new Map(
  [softmaxCrossEntropy, binaryCrossEntropyWithLogits, meanSquaredError, huber].map((loss) => [loss.name, loss]),
);
