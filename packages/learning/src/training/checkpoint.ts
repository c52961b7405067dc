import { concatBytes, equalBytes, utf8 } from '@encryptech/base';
import { learningError } from '../errors.ts';
import type { RunKeys } from './run-keys.ts';
import type { TrainingState } from './training-state.ts';

// Layout, little-endian: magic 8 | step u32 | which arrays u32 | clip norm f64 | noise variance f64 | job tag 32 | table tag 32 |
// weights, velocity and perhaps second moment and average as f64 | perhaps the sealed window | HMAC-SHA-256 of all before, 32.
const MAGIC = utf8('ENCKPT\u0000\u0002');
const HEADER = 8 + 4 + 4 + 8 + 8 + 32 + 32;
const [JOB_AT, TABLE_AT] = [32, 64];
const MAC = 32;
const [NONCE, TAG] = [12, 16];
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The state as bytes, from which the same run goes on as if it had never stopped. It holds only what the noised gradients
 * made of it, so it costs no privacy beyond the steps that were taken; it is authentic under the run's root, not secret.
 *
 * The window of correlated noise is another matter: beside what was released it gives sums without noise. It is encrypted
 * under the root, which whoever stores checkpoints does not have, and with which one could recompute all noise anyway.
 */
export async function encodeCheckpoint(state: TrainingState, keys: RunKeys): Promise<Uint8Array> {
  const { weights, velocity, second, average, window } = state;
  const arrays = [weights, velocity, second, average].filter((array) => array !== null);
  const head = new Uint8Array(HEADER);
  head.set(MAGIC, 0);
  const view = new DataView(head.buffer);
  view.setUint32(8, state.step, true);
  view.setUint32(
    12,
    flagsOf({ averaged: average !== null, hasSecond: second !== null, window: window?.length ?? 0 }),
    true,
  );
  view.setFloat64(16, state.clipNorm, true);
  view.setFloat64(24, state.noiseVariance, true);
  head.set(keys.job, JOB_AT);
  head.set(keys.table, TABLE_AT);
  const sealed = window === null ? [] : [await sealWindow(window, head, keys)];
  const body = concatBytes(head, ...arrays.map(littleEndian), ...sealed) as Uint8Array<ArrayBuffer>;
  return concatBytes(body, new Uint8Array(await crypto.subtle.sign('HMAC', keys.checkpoint, body)));
}

/**
 * The state in a checkpoint of this very run.
 *
 * A forged one could hold any weights; taking a step from them under the noise of the true run would show the difference
 * of two gradients without noise. So a checkpoint that the root did not authenticate is never read.
 *
 * @throws `learning.badCheckpoint` (not of this version, or cut), `learning.forgedCheckpoint` (altered, or written under
 * another root), `learning.foreignCheckpoint` (of another job or other rows)
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  keys: RunKeys,
  shape: { parameters: number } & Parts,
): Promise<TrainingState> {
  if (bytes.length < HEADER + MAC || !equalBytes(bytes.subarray(0, 8), MAGIC)) {
    throw learningError({
      code: 'learning.badCheckpoint',
      message: 'The bytes are no checkpoint of this version, or are cut short.',
    });
  }
  const body = bytes.slice(0, bytes.length - MAC);
  const mac = bytes.slice(bytes.length - MAC);
  if (!(await crypto.subtle.verify('HMAC', keys.checkpoint, mac, body))) {
    throw learningError({
      code: 'learning.forgedCheckpoint',
      message: 'The checkpoint was altered or was not written under this randomness root.',
    });
  }
  const { parameters, averaged, hasSecond, window } = shape;
  const view = new DataView(body.buffer);
  const arrays = 2 + Number(hasSecond) + Number(averaged);
  const open = HEADER + 8 * parameters * arrays;
  if (
    !equalBytes(body.subarray(JOB_AT, JOB_AT + 32), keys.job) ||
    !equalBytes(body.subarray(TABLE_AT, TABLE_AT + 32), keys.table) ||
    view.getUint32(12, true) !== flagsOf(shape) ||
    body.length !== open + (window === 0 ? 0 : NONCE + 8 * window + TAG)
  ) {
    throw learningError({
      code: 'learning.foreignCheckpoint',
      message: 'The checkpoint belongs to another job or to other rows.',
      hint: 'Resume with the job and the table that wrote it, or start from the beginning.',
    });
  }
  const array = (index: number) => {
    const out = new Float64Array(parameters);
    for (let i = 0; i < parameters; i++) out[i] = view.getFloat64(HEADER + 8 * (index * parameters + i), true);
    return out;
  };
  return {
    step: view.getUint32(8, true),
    weights: array(0),
    velocity: array(1),
    second: hasSecond ? array(2) : null,
    noiseVariance: view.getFloat64(24, true),
    clipNorm: view.getFloat64(16, true),
    window: window === 0 ? null : await openWindow(body.subarray(open), body.subarray(0, HEADER), keys),
    average: averaged ? array(arrays - 1) : null,
  };
}

/** Which parts a checkpoint has; `window` is the length of the window of correlated noise, 0 where there is none. */
interface Parts {
  averaged: boolean;
  hasSecond: boolean;
  window: number;
}

const flagsOf = ({ averaged, hasSecond, window }: Parts): number =>
  Number(averaged) + 2 * Number(hasSecond) + 4 * Number(window > 0);

/** The nonce follows from the content (a synthetic IV, as in RFC 5297), so that a repeated step seals the same bytes again. */
async function sealWindow(
  window: Float64Array,
  head: Uint8Array,
  { secrets, checkpoint }: RunKeys,
): Promise<Uint8Array> {
  const plain = littleEndian(window) as Bytes;
  const mac = await crypto.subtle.sign('HMAC', checkpoint, concatBytes(utf8('window'), head, plain) as Bytes);
  const iv = new Uint8Array(mac.slice(0, NONCE));
  const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: head as Bytes }, secrets, plain);
  return concatBytes(iv, new Uint8Array(text));
}

async function openWindow(sealed: Uint8Array, head: Uint8Array, { secrets }: RunKeys): Promise<Float64Array> {
  const iv = sealed.slice(0, NONCE);
  const options = { name: 'AES-GCM', iv, additionalData: head.slice() };
  const plain = await crypto.subtle.decrypt(options, secrets, sealed.slice(NONCE));
  const view = new DataView(plain);
  return Float64Array.from({ length: plain.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

function littleEndian(values: Float64Array): Uint8Array {
  const out = new Uint8Array(8 * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true);
  return out;
}
