import type { Hex, Json } from '@encryptech/base';
import type { ClearingBook } from '../book/clearing-book.ts';
import { coordinatorError } from '../errors.ts';

/** Answer of `GET /v1/clearings/:digest`. */
export interface ClearingView {
  digest: Hex;
  at: number;
  /** The market as `marketFromJson` reads it; its digest is the clearing's. */
  inputs: Json;
  /** What `matchOrders` made of it, as `clearingToJson` writes it. */
  outcome: Json;
}

/**
 * A clearing with all that is needed to repeat it.
 *
 * @throws `coordinator.notFound`
 */
export async function clearingView(clearings: ClearingBook, digest: Hex): Promise<ClearingView> {
  const clearing = await clearings.find(digest);
  if (clearing !== undefined) {
    const { at, inputs, outcome } = clearing;
    return { digest, at, inputs, outcome };
  }
  throw coordinatorError({
    code: 'coordinator.notFound',
    message: 'There is no such clearing.',
    place: digest,
    hint: 'Clearings that matched nothing are not kept, the others for a month.',
  });
}
