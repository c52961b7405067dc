import { deriveSecret } from '../secrets/derive-secret.ts';
import { secretBytes } from '../secrets/secret-bytes.ts';

/** What an audit draws: all of it grows from its root, so that an audit can be repeated. */
export interface AuditSecrets {
  /** How each canary's fair coin fell. */
  readonly coins: readonly boolean[];
  /** A random order of so many things: the first are chosen. */
  readonly order: Uint32Array;
  /** The root of the audited training. */
  readonly root: Uint8Array;
}

const LABEL = 'encryptech/learning/audit/1/';

/**
 * The coins of `canaries` canaries, an order of `things`, and the training's own root, each from a key of its own
 * (HKDF-SHA-256, RFC 5869; AES-CTR): the training learns nothing of the coins.
 */
export async function auditSecrets(root: Uint8Array, canaries: number, things: number): Promise<AuditSecrets> {
  const derive = (label: string) => deriveSecret(root, LABEL + label);
  const coins = await secretBytes(await derive('coins'), Math.ceil(canaries / 8));
  const words = new Uint32Array((await secretBytes(await derive('order'), 8 * Math.max(1, things))).buffer);
  // Sorted by 53 random bits each: a tie among a million has probability 1e-4, and then keeps the order of rows.
  const rank = (i: number) => words[2 * i]! * 2 ** 21 + (words[2 * i + 1]! >>> 11);
  return {
    coins: Array.from({ length: canaries }, (_, i) => ((coins[i >> 3]! >> (i & 7)) & 1) === 1),
    order: Uint32Array.from({ length: things }, (_, i) => i).sort((a, b) => rank(a) - rank(b)),
    root: await derive('training'),
  };
}
