import { numeric, text } from 'drizzle-orm/pg-core';
import type { Hex } from '@encryptech/base';

/** An unsigned integer of up to 256 bits. */
export const uint256 = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' });

/** Hex with `0x` in lower case: digests, identifiers, signatures. */
export const hex = (name: string) => text(name).$type<Hex>();

/** A checksummed address. */
export const address = (name: string) => text(name).$type<Hex>();
