import { concatBytes, digestOf, fromHex, utf8, type Address, type Hex, type Sha256 } from '@encryptech/base';

const LABEL = utf8('encryptech/register/v1');

/**
 * The nonce of evidence that a provider registers with: SHA-256 of a label, a recent block's hash, the provider and the
 * register of attestations. Nobody knows it before the block is there, and all verifiers compute the same one.
 */
export const registrationNonce = (options: { blockHash: Hex; subject: Address; attestations: Address }): Sha256 =>
  digestOf(
    concatBytes(
      LABEL,
      fromHex(options.blockHash, 32),
      fromHex(options.subject.toLowerCase() as Hex, 20),
      fromHex(options.attestations.toLowerCase() as Hex, 20),
    ),
  );
