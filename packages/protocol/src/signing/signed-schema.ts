import { getAddress } from 'viem/utils';
import { z } from 'zod';
import { addressSchema, bytes32Schema, uintSchema, wholeSchema } from '../documents/scalars.ts';
import { signedTypes, type SignedJson, type SignedTypeName, type SignedValue } from './signed-types.ts';

const fieldSchema = (type: string): z.ZodType => {
  if (type === 'address') return addressSchema.transform((address) => getAddress(address));
  if (type === 'bytes32') return bytes32Schema;
  const bits = Number(type.slice('uint'.length));
  return bits <= 32 ? wholeSchema(0, 2 ** bits - 1) : uintSchema(bits);
};

/**
 * A closed schema that reads the JSON form of a signed struct into its value: decimal strings become bigint, addresses
 * become checksummed, every integer is held to its Solidity width.
 */
export const signedSchema = <Name extends SignedTypeName>(name: Name) =>
  z.strictObject(
    Object.fromEntries(signedTypes[name].map((field) => [field.name, fieldSchema(field.type)])),
  ) as unknown as z.ZodType<SignedValue<Name>, SignedJson<Name>>;
