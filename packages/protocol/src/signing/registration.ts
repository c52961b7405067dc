import { concatBytes, digestOf, fromHex, utf8, type Address, type Hex, type Sha256 } from '@encryptech/base';
import { signedCodec } from './signed-codec.ts';
import type { SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** A provider's word that evidence is its own: without it, nobody may have it judged under that provider's name. */
export type Registration = SignedValue<'Registration'>;

/** What registrations are bound to: one chain and one Attestations contract. */
export interface RegistrationDomain {
  chainId: number;
  attestations: Address;
}

const NONCE_LABEL = utf8('encryptech/register/v1');

export const registrationCodec = signedCodec('Registration');

/**
 * The nonce of evidence that a provider registers with: SHA-256 of a label, a recent block's hash, the provider and the
 * register of attestations. Nobody knows it before the block is there, and all verifiers compute the same one.
 */
export const registrationNonce = (options: { blockHash: Hex; subject: Address; attestations: Address }): Sha256 =>
  digestOf(
    concatBytes(
      NONCE_LABEL,
      fromHex(options.blockHash, 32),
      fromHex(options.subject.toLowerCase() as Hex, 20),
      fromHex(options.attestations.toLowerCase() as Hex, 20),
    ),
  );

/** The signature of `registration.provider`, who must be the signer. */
export const signRegistration = (
  registration: Registration,
  domain: RegistrationDomain,
  signer: Signer,
): Promise<Hex> => registrationCodec.sign(registration, inRegister(domain), signer);

/**
 * Resolves when the signature is `registration.provider`'s.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyRegistration = (
  registration: Registration,
  signature: Hex,
  domain: RegistrationDomain,
): Promise<void> => registrationCodec.verify(registration, signature, inRegister(domain), registration.provider);

/** The codecs call the verifying contract of any domain `jobs`. */
const inRegister = ({ chainId, attestations }: RegistrationDomain) => ({ chainId, jobs: attestations });
