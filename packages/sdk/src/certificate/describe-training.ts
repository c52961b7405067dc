import type { Certificate } from '@encryptech/protocol';

/** What was trained, how noise was correlated if it was, and how gradients were clipped, in sentences, as the certificate states it. */
export function describeTraining({ clipping, clipNorm, trained, unit, correlation, steps }: Certificate): string[] {
  const sentences: string[] = [];
  if (trained !== undefined) {
    const count = trained.parameters.toLocaleString('en-US');
    sentences.push(
      trained.selection === 'all'
        ? `All ${count} parameters were trained.`
        : `Of the parameters only "${trained.selection}" were trained, ${count} numbers; the others are as the developer gave them.`,
    );
  }
  if (correlation !== undefined) {
    const { bands } = correlation;
    const order =
      correlation.order === 'passes'
        ? `The ${unit}s took part as they come, in ${correlation.passes} passes of ${steps / correlation.passes} steps each`
        : `The ${unit}s took part in ${bands} groups in turn, dealt by chance`;
    sentences.push(`${order}; the noise of a step was correlated with that of the ${bands - 1} steps before.`);
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
