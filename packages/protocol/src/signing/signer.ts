import type { Address, Hex } from '@encryptech/base';
import type { SignedTypeName } from './signed-types.ts';

/** What a signer is asked to sign, complete: a wallet shows exactly this. */
export interface TypedData {
  domain: { name: string; version: string; chainId: number; verifyingContract: Address };
  types: Record<string, readonly { readonly name: string; readonly type: string }[]>;
  primaryType: SignedTypeName;
  message: Record<string, unknown>;
}

/** A viem account, or a wallet's own way to sign typed data. */
export type Signer = { readonly signTypedData: (data: never) => Promise<Hex> } | ((data: TypedData) => Promise<Hex>);

/** The signature of a signer over typed data. */
export const signWith = (signer: Signer, data: TypedData): Promise<Hex> =>
  typeof signer === 'function'
    ? signer(data)
    : (signer.signTypedData as unknown as (data: TypedData) => Promise<Hex>)(data);
