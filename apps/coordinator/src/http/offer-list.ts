import { offerToJson, type OfferListJson } from '@encryptech/protocol';
import type { OfferBook } from '../book/offer-book.ts';
import type { ProviderReader } from '../matching/provider-reader.ts';

/** Offers of one answer. */
const MOST_OFFERS = 1_000;

/** Standing offers and what the chain says of their providers; 1,000 at most. */
export async function offerList(
  { offers, providers }: { offers: OfferBook; providers: ProviderReader },
  now: number,
): Promise<OfferListJson> {
  const standing = await offers.live(now, MOST_OFFERS);
  const known = await providers.read(standing.map(({ provider }) => provider));
  return {
    offers: standing.map(({ id, offer, signature }, i) => {
      const { speed, freeStake, ask: _, ...provider } = known[i]!;
      const amounts = { speed: speed.toString(), freeStake: freeStake.toString() };
      return { id, offer: offerToJson(offer), signature, provider: { ...provider, ...amounts } };
    }),
  };
}
