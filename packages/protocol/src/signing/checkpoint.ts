import type { Address, Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** Progress that is paid for even if the provider then vanishes. */
export type Checkpoint = SignedValue<'Checkpoint'>;
export type CheckpointJson = SignedJson<'Checkpoint'>;

export const checkpointCodec = signedCodec('Checkpoint');

/** The EIP-712 digest that the enclave signs. */
export const hashCheckpoint = (checkpoint: Checkpoint, domain: SigningDomain): Hex =>
  checkpointCodec.hash(checkpoint, domain);

/** The signature of the enclave. */
export const signCheckpoint = (checkpoint: Checkpoint, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  checkpointCodec.sign(checkpoint, domain, signer);

/**
 * Returns when the signature is that of `enclaveKey`.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyCheckpoint = (
  checkpoint: Checkpoint,
  signature: Hex,
  domain: SigningDomain,
  enclaveKey: Address,
): Promise<void> => checkpointCodec.verify(checkpoint, signature, domain, enclaveKey);

/** The JSON form: integers above 32 bits as decimal strings. */
export const checkpointToJson = (checkpoint: Checkpoint): CheckpointJson => checkpointCodec.toJson(checkpoint);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const checkpointFromJson = (json: unknown): Checkpoint => checkpointCodec.fromJson(json);
