import { createHmac } from 'node:crypto';

/**
 * The header that Stripe sends with a body: for tests and for a shop on a development network, which has no processor.
 * Whoever has the secret can make one; that is why production refuses development secrets.
 */
export function signWebhook(body: string | Uint8Array, { secret, atSec }: { secret: string; atSec: number }): string {
  return `t=${atSec},v1=${createHmac('sha256', secret).update(`${atSec}.`).update(body).digest('hex')}`;
}
