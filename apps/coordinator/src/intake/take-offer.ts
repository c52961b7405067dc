import { and, eq, gt } from 'drizzle-orm';
import { getAddress } from 'viem';
import { providersTable } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { parseRequest, verifyOffer } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';
import { requireLive, superseded, type IntakeDeps } from './intake-deps.ts';

/**
 * Takes in a signed offer of a registered provider, in place of its earlier one. Returns its digest.
 *
 * @throws `protocol.badDocument` `protocol.badSignature` `protocol.wrongSigner` `coordinator.expired`
 * `coordinator.unknownProvider` `coordinator.superseded`
 */
export async function takeOffer(deps: IntakeDeps, body: unknown): Promise<Hex> {
  const { offer, signature } = parseRequest('postOffer', body);
  const id = await verifyOffer(offer, signature, deps.domain);
  const provider = getAddress(offer.provider);
  if ((await deps.book.offers.find(provider))?.id === id) return id;
  const now = await deps.clock();
  requireLive('offer', offer, now);
  if (!(await isRegistered(deps, provider))) {
    throw coordinatorError({
      code: 'coordinator.unknownProvider',
      message: 'The provider is not registered on this chain.',
      place: 'offer.provider',
      hint: 'Register it first: encryptech provider register NAME --url URL.',
      retry: 'later',
    });
  }
  if (!(await deps.book.offers.add({ id, offer, signature }, now))) throw superseded('offer');
  deps.providers.wake(provider);
  return id;
}

/** Who registered a moment ago may not be in the index yet. */
async function isRegistered({ db, catchUp }: IntakeDeps, provider: Hex): Promise<boolean> {
  const wanted = and(eq(providersTable.account, provider), gt(providersTable.speed, 0n));
  const find = () => db.select({ account: providersTable.account }).from(providersTable).where(wanted);
  if ((await find()).length > 0) return true;
  await catchUp();
  return (await find()).length > 0;
}
