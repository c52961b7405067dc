import type { Hex } from './bytes.ts';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The EIP-712 digest of a signed `JobOrder`: names a job before and after it is matched, over all its attempts. */
export type JobId = Branded<Hex, 'JobId'>;

/** keccak256(owner, data digest): names a dataset. */
export type DatasetId = Branded<Hex, 'DatasetId'>;

/** A checksummed EVM address. */
export type Address = Hex;
