import type { ClippingRule } from '@encryptech/privacy';
import { sdkError } from '../errors.ts';

/** What a developer may choose about clipping. */
export interface ClippingChoices {
  /** Flat if left out. */
  clipping?: ClippingRule['kind'] | undefined;
  /** For `adaptive`: the share of gradients that are to be no longer than the clip norm; 0.5 if left out. */
  clipQuantile?: number | undefined;
  /** For `adaptive`: how fast the clip norm moves; 0.2 if left out. */
  clipRate?: number | undefined;
  /** For `adaptive`: the counts' part of the privacy loss; 0.02 if left out, which is 1 % more noise on the gradients. */
  clipShare?: number | undefined;
}

/**
 * The clipping of a plan; undefined for flat, which a plan says by saying nothing.
 *
 * @throws `sdk.badOption` for settings of adaptive clipping where it is not chosen
 */
export function clippingOf(choices: ClippingChoices): ClippingRule | undefined {
  const { clipping: kind = 'flat', clipQuantile, clipRate, clipShare } = choices;
  if (kind === 'adaptive') {
    return { kind, quantile: clipQuantile ?? 0.5, rate: clipRate ?? 0.2, share: clipShare ?? 0.02 };
  }
  const wrong = Object.entries({ clipQuantile, clipRate, clipShare }).find(([, value]) => value !== undefined)?.[0];
  if (wrong !== undefined) {
    throw sdkError({
      code: 'sdk.badOption',
      message: `Clipping "${kind}" has no ${wrong}.`,
      place: wrong,
      hint: 'Leave it out, or choose adaptive clipping.',
    });
  }
  return kind === 'flat' ? undefined : { kind };
}
