import { hashTypedData, isAddressEqual, recoverTypedDataAddress } from 'viem/utils';
import type { z } from 'zod';
import type { Address, Hex } from '@encryptech/base';
import { parseDocument } from '../documents/parse-document.ts';
import { protocolError } from '../errors.ts';
import { eip712Domain, type SigningDomain } from './domain.ts';
import { checkSignatureForm } from './signature.ts';
import { signedSchema } from './signed-schema.ts';
import { signedTypes, type SignedJson, type SignedTypeName, type SignedValue } from './signed-types.ts';
import { signWith, type Signer, type TypedData } from './signer.ts';

/** All that can be done with one type of signed struct. */
export interface SignedCodec<Name extends SignedTypeName> {
  readonly schema: z.ZodType<SignedValue<Name>, SignedJson<Name>>;
  toJson(value: SignedValue<Name>): SignedJson<Name>;
  fromJson(json: unknown): SignedValue<Name>;
  hash(value: SignedValue<Name>, domain: SigningDomain): Hex;
  sign(value: SignedValue<Name>, domain: SigningDomain, signer: Signer): Promise<Hex>;
  recover(value: SignedValue<Name>, signature: Hex, domain: SigningDomain): Promise<Address>;
  verify(value: SignedValue<Name>, signature: Hex, domain: SigningDomain, signer: Address): Promise<void>;
}

/** The codec of one signed type; pure but for the signer's own work. */
export function signedCodec<Name extends SignedTypeName>(name: Name): SignedCodec<Name> {
  const schema = signedSchema(name);
  const fields = signedTypes[name];

  const toJson = (value: SignedValue<Name>): SignedJson<Name> => {
    const record = value as Record<string, unknown>;
    return Object.fromEntries(
      fields.map((field) => {
        const item = record[field.name];
        return [
          field.name,
          typeof item === 'bigint' ? item.toString() : typeof item === 'string' ? lower(field.type, item) : item,
        ];
      }),
    ) as SignedJson<Name>;
  };
  const fromJson = (json: unknown): SignedValue<Name> => parseDocument(schema, name, json);
  // Through the JSON form, so that a value out of its Solidity range is refused rather than cut.
  const typedData = (value: SignedValue<Name>, domain: SigningDomain): TypedData => ({
    domain: eip712Domain(domain),
    types: { [name]: fields },
    primaryType: name,
    message: fromJson(toJson(value)) as Record<string, unknown>,
  });
  const recover = async (value: SignedValue<Name>, signature: Hex, domain: SigningDomain): Promise<Address> => {
    checkSignatureForm(signature);
    const data = typedData(value, domain);
    try {
      return await recoverTypedDataAddress({ ...data, signature } as Parameters<typeof recoverTypedDataAddress>[0]);
    } catch (cause) {
      throw protocolError({
        code: 'protocol.badSignature',
        message: `No key gives this signature of a ${name}.`,
        cause,
      });
    }
  };

  return {
    schema,
    toJson,
    fromJson,
    hash: (value, domain) => hashTypedData(typedData(value, domain) as Parameters<typeof hashTypedData>[0]),
    sign: async (value, domain, signer) => checkSignatureForm(await signWith(signer, typedData(value, domain))),
    recover,
    verify: async (value, signature, domain, signer) => {
      const actual = await recover(value, signature, domain);
      if (isAddressEqual(actual, signer)) return;
      throw protocolError({
        code: 'protocol.wrongSigner',
        message: `The ${name} is not signed by ${signer} for this chain and contract.`,
        hint: 'Check the account, the chain id and the address of the Jobs contract.',
        data: { expected: signer, recovered: actual, chainId: domain.chainId, jobs: domain.jobs },
      });
    },
  };
}

/** Hex digits of bytes32 in the one spelling that schemas accept; addresses stay checksummed. */
const lower = (type: string, text: string): string => (type === 'bytes32' ? text.toLowerCase() : text);
