import type { Database } from '@encryptech/chain';
import type { BlobStore, SigningDomain } from '@encryptech/protocol';
import type { Book } from '../book/create-book.ts';
import type { ChainClock } from '../chain-clock.ts';
import { coordinatorError } from '../errors.ts';
import type { ProviderReader } from '../matching/provider-reader.ts';
import type { OrderChecker } from './order-checker.ts';

/** What taking in signed documents needs. */
export interface IntakeDeps {
  db: Database;
  book: Book;
  blobs: BlobStore;
  domain: SigningDomain;
  clock: ChainClock;
  checker: OrderChecker;
  providers: ProviderReader;
  /** Brings the index up to the chain's head. */
  catchUp: () => Promise<unknown>;
}

/**
 * Returns while a document counts.
 *
 * @throws `coordinator.expired`
 */
export function requireLive(what: string, { expiresAt }: { readonly expiresAt: bigint }, now: number): void {
  if (expiresAt > BigInt(now)) return;
  throw coordinatorError({
    code: 'coordinator.expired',
    message: `The ${what} has expired.`,
    place: `${what}.expiresAt`,
    hint: 'Sign a new one; check this machine’s clock.',
    data: { now },
  });
}

/** For a document that a newer one of the same signer has taken the place of. */
export const superseded = (what: string) =>
  coordinatorError({
    code: 'coordinator.superseded',
    message: `A newer ${what} of the same signer is in the book.`,
    place: `${what}.nonce`,
    hint: 'Of two documents the one with the larger nonce is newer: take the time in milliseconds.',
  });
