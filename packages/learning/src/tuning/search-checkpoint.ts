import { concatBytes, equalBytes, utf8 } from '@encryptech/base';
import { learningError } from '../errors.ts';
import { deriveSecret } from '../secrets/derive-secret.ts';

/** What a search carries from run to run. */
export interface SearchState {
  /** Runs that are over; also the number of the next, or of the one under way. */
  run: number;
  /** The best model so far; undefined before the first run's end. */
  best: { model: Uint8Array; candidate: number; score: number } | undefined;
  /** The checkpoint of the run under way; undefined between two runs. */
  training: Uint8Array | undefined;
}

const MAGIC = utf8('ENCTUNE1');
const LABEL = 'encryptech/learning/tuning/1/checkpoint/';
const [NAME_AT, IV_AT, BODY_AT] = [8, 40, 52];
const NONE = 2 ** 32 - 1;

/**
 * The state as bytes, encrypted under the search's root: it holds a model that was not released, and how many runs there were.
 * Equal states give equal bytes: the nonce follows from the content (a synthetic IV, as in RFC 5297).
 *
 * @param name 32 bytes that name the search: its jobs, its rows and how it draws and scores
 */
export async function encodeSearchState(
  { run, best, training }: SearchState,
  root: Uint8Array,
  name: Uint8Array,
): Promise<Uint8Array> {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, run, true);
  head.setUint32(4, best?.candidate ?? NONE, true);
  head.setFloat64(8, best?.score ?? 0, true);
  head.setUint32(16, best?.model.length ?? 0, true);
  head.setUint32(20, training?.length ?? 0, true);
  const none = new Uint8Array(0);
  const plain = concatBytes(new Uint8Array(head.buffer), best?.model ?? none, training ?? none) as Bytes;
  const start = concatBytes(MAGIC, name) as Bytes;
  const mac = await crypto.subtle.sign('HMAC', await macKey(root), concatBytes(start, plain) as Bytes);
  const iv = new Uint8Array(mac.slice(0, BODY_AT - IV_AT));
  const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: start }, await boxKey(root), plain);
  return concatBytes(start, iv, new Uint8Array(text));
}

/**
 * The state in a checkpoint of this very search.
 *
 * @throws `learning.badCheckpoint`, `learning.foreignCheckpoint` (another root, other jobs or other rows),
 * `learning.forgedCheckpoint` (altered)
 */
export async function decodeSearchState(bytes: Uint8Array, root: Uint8Array, name: Uint8Array): Promise<SearchState> {
  if (bytes.length < BODY_AT || !equalBytes(bytes.subarray(0, NAME_AT), MAGIC)) {
    throw learningError({
      code: 'learning.badCheckpoint',
      message: 'The bytes are no checkpoint of a search of this version, or are cut short.',
    });
  }
  if (!equalBytes(bytes.subarray(NAME_AT, IV_AT), name)) {
    throw learningError({
      code: 'learning.foreignCheckpoint',
      message: 'The checkpoint belongs to another search or to other rows.',
      hint: 'Resume with the settings and the rows that wrote it, or start from the beginning.',
    });
  }
  const options = { name: 'AES-GCM', iv: bytes.slice(IV_AT, BODY_AT), additionalData: bytes.slice(0, IV_AT) };
  let plain: Uint8Array;
  try {
    plain = new Uint8Array(await crypto.subtle.decrypt(options, await boxKey(root), bytes.slice(BODY_AT)));
  } catch (cause) {
    throw learningError({ code: 'learning.forgedCheckpoint', message: 'The checkpoint was altered.', cause });
  }
  const head = new DataView(plain.buffer);
  const candidate = head.getUint32(4, true);
  const modelEnd = 24 + head.getUint32(16, true);
  return {
    run: head.getUint32(0, true),
    best:
      candidate === NONE ? undefined : { model: plain.slice(24, modelEnd), candidate, score: head.getFloat64(8, true) },
    training: head.getUint32(20, true) === 0 ? undefined : plain.slice(modelEnd),
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

const boxKey = async (root: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', await deriveSecret(root, `${LABEL}box`), 'AES-GCM', false, ['encrypt', 'decrypt']);

const macKey = async (root: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', await deriveSecret(root, `${LABEL}nonce`), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
