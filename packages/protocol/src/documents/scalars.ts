import { isAddress } from 'viem/utils';
import { z } from 'zod';
import type { Hex } from '@encryptech/base';

const LAST_SECOND = 4_102_444_800; // 2100-01-01, so that a time in milliseconds is refused

/** 32 bytes as `0x` and 64 lower-case hex digits: digests, ids, nonces. */
export const bytes32Schema = z.custom<Hex>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  'must be 0x and 64 lower-case hex digits',
);

/** An EVM address, lower-case or with a right EIP-55 checksum; kept as written, so that digests stay. */
export const addressSchema = z.custom<Hex>(
  (value) => typeof value === 'string' && isAddress(value, { strict: value.toLowerCase() !== value }),
  'must be an address: 0x and 40 hex digits, lower-case or with a right checksum',
);

/** A 65-byte signature r ‖ s ‖ v in lower-case hex. */
export const signatureSchema = z.custom<Hex>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{130}$/.test(value),
  'must be a signature: 0x and 130 lower-case hex digits',
);

/** An unsigned integer of at most `bits` bits as a decimal string without leading zeros. */
export const decimalSchema = (bits: number) =>
  z.custom<string>(
    (value) => typeof value === 'string' && /^(0|[1-9][0-9]{0,77})$/.test(value) && BigInt(value) < 1n << BigInt(bits),
    `must be a whole number below 2^${bits} as a decimal string`,
  );

/** The same as {@link decimalSchema}, parsed into a bigint. */
export const uintSchema = (bits: number) => decimalSchema(bits).transform((text) => BigInt(text));

/** A whole number from `min` to `max`. */
export const wholeSchema = (min: number, max: number) => z.number().int().min(min).max(max);

/** Seconds since 1970-01-01 UTC. */
export const secondsSchema = wholeSchema(1, LAST_SECOND);

/** A security level, see attestation. */
export const levelSchema = wholeSchema(0, 3);

/** A short text for people: no control characters, so that it can be printed to a terminal. */
export const lineSchema = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'must be one line of printable text');

/** A byte string of a CBOR message. */
export const bytesSchema = (min: number, max: number) =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.length >= min && value.length <= max,
    `must be ${min} to ${max} bytes`,
  );
