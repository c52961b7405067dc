/** The class of the largest logit, the first of equals; of a single logit, 1 when it is positive. */
export function labelOf(logits: Float32Array): number {
  if (logits.length === 1) return logits[0]! > 0 ? 1 : 0;
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}
