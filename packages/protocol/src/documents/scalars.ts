import { isAddress } from 'viem/utils';
import { z } from 'zod';
import type { Hex } from '@encryptech/base';

const LAST_SECOND = 4_102_444_800; // 2100-01-01, so that a time in milliseconds is refused

/** A text of that pattern, typed as hex. */
const hexText = (pattern: RegExp, message: string): z.ZodType<Hex, Hex> =>
  z.string().regex(pattern, { error: message, abort: true }) as unknown as z.ZodType<Hex, Hex>;

/** 32 bytes as `0x` and 64 lower-case hex digits: digests, ids, nonces. */
export const bytes32Schema = hexText(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits');

/** An EVM address, lower-case or with a right EIP-55 checksum; kept as written, so that digests stay. */
export const addressSchema = hexText(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hex digits').refine(
  (address) => isAddress(address, { strict: address.toLowerCase() !== address }),
  'must be lower-case or have a right checksum',
);

/** A 65-byte signature r ‖ s ‖ v in lower-case hex. */
export const signatureSchema = hexText(/^0x[0-9a-f]{130}$/, 'must be a signature: 0x and 130 lower-case hex digits');

/** A measurement of an enclave: 32 to 64 bytes of lower-case hex. */
export const measurementSchema = hexText(/^0x(?:[0-9a-f]{2}){32,64}$/, 'must be 32 to 64 bytes of lower-case hex');

/** An unsigned integer of at most `bits` bits as a decimal string without leading zeros. */
export const decimalSchema = (bits: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, { error: 'must be a whole number as a decimal string', abort: true })
    .refine((text) => BigInt(text) < 1n << BigInt(bits), `must be below 2^${bits}`);

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
