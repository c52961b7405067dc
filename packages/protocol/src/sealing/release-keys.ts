import { envelopeKemOf, openEnvelope, sealEnvelope, type EnvelopeKem } from '@encryptech/sealing';
import { concatBytes, fromHex, utf8, type Hex } from '@encryptech/base';
import { protocolError } from '../errors.ts';
import { hashOwnerChallenge, type OwnerChallenge } from '../signing/owner-challenge.ts';
import type { SigningDomain } from '../signing/domain.ts';

/** What an owner gives to one enclave for one attempt. 32 bytes each. */
export interface ReleasedKeys {
  /** Opens the encrypted dataset. */
  readonly dataKey: Uint8Array;
  /** Seals and opens this job's checkpoints. */
  readonly checkpointKey: Uint8Array;
  /** Root of this job's sampling and noise. */
  readonly randomnessRoot: Uint8Array;
}

/**
 * What both sides mix into the envelope: one challenge (dataset, job, attempt, policy, nonce, KEM, chain) and one evidence.
 * The envelope is of the challenge's KEM.
 */
export interface ReleaseContext {
  challenge: OwnerChallenge;
  domain: SigningDomain;
  evidenceId: Hex;
}

const LABEL = utf8('encryptech/key-release/v1');
const KEY_BYTES = 32;

const infoOf = ({ challenge, domain }: ReleaseContext): Uint8Array =>
  concatBytes(LABEL, fromHex(hashOwnerChallenge(challenge, domain), 32));

/**
 * The keys in an envelope that only the enclave of this evidence opens, for this challenge (trust.md section 2).
 *
 * @throws `sealing.badKey`, `protocol.unknownKem`
 */
export const sealReleasedKeys = async (
  keys: ReleasedKeys,
  { recipient, ...context }: ReleaseContext & { recipient: Uint8Array },
): Promise<Uint8Array> =>
  sealEnvelope({
    kem: kemOfChallenge(context.challenge),
    recipient,
    plaintext: concatBytes(checked(keys.dataKey), checked(keys.checkpointKey), checked(keys.randomnessRoot)),
    info: infoOf(context),
    aad: fromHex(context.evidenceId, 32),
  });

/**
 * The keys in an owner's envelope.
 *
 * @throws `sealing.envelopeRejected` for another enclave, challenge or evidence; `protocol.badMessage`, `protocol.unknownKem`
 */
export async function openReleasedKeys(
  sealed: Uint8Array,
  { secretKey, ...context }: ReleaseContext & { secretKey: Uint8Array },
): Promise<ReleasedKeys> {
  const plain = await openEnvelope({
    kem: kemOfChallenge(context.challenge),
    secretKey,
    envelope: sealed,
    info: infoOf(context),
    aad: fromHex(context.evidenceId, 32),
  });
  if (plain.length !== 3 * KEY_BYTES) throw badLength();
  const key = (i: number): Uint8Array => plain.slice(i * KEY_BYTES, (i + 1) * KEY_BYTES);
  return { dataKey: key(0), checkpointKey: key(1), randomnessRoot: key(2) };
}

/**
 * The KEM that a challenge asks for.
 *
 * @throws `protocol.unknownKem`
 */
export function kemOfChallenge({ kem }: Pick<OwnerChallenge, 'kem'>): EnvelopeKem {
  const found = envelopeKemOf(kem);
  if (found !== undefined) return found;
  throw protocolError({
    code: 'protocol.unknownKem',
    message: `Keys are not sealed by the KEM with the HPKE id 0x${kem.toString(16)} here.`,
    hint: 'Known are 0x20 (X25519) and 0x647a (X-Wing).',
    data: { kem },
  });
}

function checked(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw badLength();
  return key;
}

const badLength = () => protocolError({ code: 'protocol.badMessage', message: 'Released keys have 32 bytes each.' });
