import type { Certificate } from '@encryptech/protocol';

/** What was trained and how its gradients were clipped, in sentences, as the certificate states it. */
export function describeTraining({ clipping, clipNorm, trained, unit }: Certificate): string[] {
  const sentences: string[] = [];
  if (trained !== undefined) {
    const count = trained.parameters.toLocaleString('en-US');
    sentences.push(
      trained.selection === 'all'
        ? `All ${count} parameters were trained.`
        : `Of the parameters only "${trained.selection}" were trained, ${count} numbers; the others are as the developer gave them.`,
    );
  }
  switch (clipping?.kind) {
    case undefined:
    case 'flat':
      return [...sentences, `The gradient of one ${unit} was clipped to norm ${clipNorm}.`];
    case 'automatic':
      return [...sentences, `The gradient of one ${unit} was scaled to norm ${clipNorm}, whatever it was.`];
    case 'per-layer':
      return [
        ...sentences,
        `The gradient of one ${unit} was clipped layer by layer, to norm ${clipNorm} all together.`,
      ];
    case 'adaptive':
      return [
        ...sentences,
        `The gradient of one ${unit} was clipped to a norm that began at ${clipNorm}, followed the ${clipping.quantile} quantile of the norms by noised counts, and ended at ${Number(clipping.lastClipNorm.toPrecision(4))}; the counts took a share of ${clipping.share} of the privacy loss, which the noise multiplier includes.`,
      ];
  }
}
