import type { Address, Hex } from '@encryptech/base';
import { isAddressEqual, recoverTypedDataAddress, type LocalAccount } from 'viem';
import { z } from 'zod';

/** Where capacity counts: the chain and its contract `Capacity`. */
export interface CapacityDomain {
  chainId: number;
  capacity: Address;
}

const hexOf = (bytes: number) =>
  z.custom<Hex>(
    (value) => typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`).test(value),
    `must be 0x and ${2 * bytes} lower-case hex digits`,
  );
const address = z.custom<Address>(
  (value) => typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value),
  'must be an address',
);

/** Most products of one challenge: some seconds of a plain machine. */
export const MOST_PRODUCTS = 64;

/** A verifier's order to measure, as JSON: `signature` (EIP-712) is by a holder of VERIFIER. */
export const capacityChallengeSchema = z.strictObject({
  provider: address,
  /** 32 random bytes, drawn now. */
  seed: hexOf(32),
  products: z.number().int().min(1).max(MOST_PRODUCTS),
  /** Second of the chain. */
  issuedAt: z.number().int().positive(),
  signature: hexOf(65),
});
export type CapacityChallenge = z.infer<typeof capacityChallengeSchema>;

/** The provider's commitment: `signature` (EIP-712) is by its key. */
export const capacityAnswerSchema = z.strictObject({ commitment: hexOf(32), signature: hexOf(65) });
export type CapacityAnswer = z.infer<typeof capacityAnswerSchema>;

/** The digests behind a commitment, in base64. */
export const capacityOpeningSchema = z.strictObject({
  digests: z
    .string()
    .max(4_000_000)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64'),
});

/** A provider's answer to a coordinator's heartbeat: `signature` (EIP-712) is by its key, over a nonce that it can't foresee. */
export const heartbeatSchema = z.strictObject({
  provider: address,
  epoch: z.number().int().min(0),
  slot: z.number().int().min(0).max(255),
  nonce: hexOf(32),
  signature: hexOf(65),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** What a coordinator asks in a slot of an epoch; open for `openMs` from the answer on. */
export const heartbeatChallengeSchema = z.strictObject({
  epoch: z.number().int().min(0),
  slot: z.number().int().min(0).max(255),
  nonce: hexOf(32),
  openMs: z.number().int().min(0),
});
export type HeartbeatChallenge = z.infer<typeof heartbeatChallengeSchema>;

const types = {
  CapacityChallenge: [
    { name: 'provider', type: 'address' },
    { name: 'seed', type: 'bytes32' },
    { name: 'products', type: 'uint32' },
    { name: 'issuedAt', type: 'uint64' },
  ],
  CapacityAnswer: [
    { name: 'provider', type: 'address' },
    { name: 'seed', type: 'bytes32' },
    { name: 'commitment', type: 'bytes32' },
  ],
  Heartbeat: [
    { name: 'provider', type: 'address' },
    { name: 'epoch', type: 'uint64' },
    { name: 'slot', type: 'uint16' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

type Signer = Pick<LocalAccount, 'signTypedData'>;
type Primary = keyof typeof types;

const typedData = (primaryType: Primary, message: Record<string, unknown>, { chainId, capacity }: CapacityDomain) =>
  ({
    domain: { name: 'Encryptech', version: '1', chainId, verifyingContract: capacity },
    types,
    primaryType,
    message,
  }) as never;

const challengeMessage = ({ provider, seed, products, issuedAt }: Omit<CapacityChallenge, 'signature'>) => ({
  ...{ provider, seed, products, issuedAt: BigInt(issuedAt) },
});
const beatMessage = ({ provider, epoch, slot, nonce }: Omit<Heartbeat, 'signature'>) => ({
  ...{ provider, epoch: BigInt(epoch), slot, nonce },
});

export const signCapacityChallenge = async (
  challenge: Omit<CapacityChallenge, 'signature'>,
  domain: CapacityDomain,
  verifier: Signer,
): Promise<CapacityChallenge> => ({
  ...challenge,
  signature: await verifier.signTypedData(typedData('CapacityChallenge', challengeMessage(challenge), domain)),
});

/** Who signed the challenge: the provider asks the chain whether that is a verifier. */
export const challengeSigner = (
  { signature, ...challenge }: CapacityChallenge,
  domain: CapacityDomain,
): Promise<Address> =>
  recoverTypedDataAddress({
    ...(typedData('CapacityChallenge', challengeMessage(challenge), domain) as object),
    signature,
  } as never);

export const signCapacityAnswer = (
  answer: { provider: Address; seed: Hex; commitment: Hex },
  domain: CapacityDomain,
  provider: Signer,
): Promise<Hex> => provider.signTypedData(typedData('CapacityAnswer', { ...answer }, domain));

/** True when the provider itself committed to this, for this seed. */
export const isCapacityAnswer = (
  { signature, ...answer }: { provider: Address; seed: Hex; commitment: Hex; signature: Hex },
  domain: CapacityDomain,
): Promise<boolean> => isSignedBy(answer.provider, typedData('CapacityAnswer', answer, domain), signature);

export const signHeartbeat = async (
  beat: Omit<Heartbeat, 'signature'>,
  domain: CapacityDomain,
  provider: Signer,
): Promise<Heartbeat> => ({
  ...beat,
  signature: await provider.signTypedData(typedData('Heartbeat', beatMessage(beat), domain)),
});

/** True when the provider that the beat names signed it for this slot and nonce. */
export const isHeartbeat = ({ signature, ...beat }: Heartbeat, domain: CapacityDomain): Promise<boolean> =>
  isSignedBy(beat.provider, typedData('Heartbeat', beatMessage(beat), domain), signature);

async function isSignedBy(account: Address, data: never, signature: Hex): Promise<boolean> {
  try {
    return isAddressEqual(await recoverTypedDataAddress({ ...(data as object), signature } as never), account);
  } catch {
    return false;
  }
}
