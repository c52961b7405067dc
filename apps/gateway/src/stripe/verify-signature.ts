import { createHmac, timingSafeEqual } from 'node:crypto';
import { gatewayError } from '../errors.ts';

/** Stripe's own libraries use the same tolerance. */
const TOLERANCE_SEC = 300;
/** A header has one signature for each secret that is being rotated; Stripe keeps old ones for a day. */
const MOST_SIGNATURES = 16;
const LONGEST_HEADER = 4_096;

export interface SignedWebhook {
  /** The body as it came, byte by byte: a parsed and printed one has another signature. */
  body: Uint8Array;
  /** The header `Stripe-Signature`. */
  header: string | undefined;
  /** Secrets that may have signed, `whsec_…`; several while one is being replaced. */
  secrets: readonly string[];
  nowSec: number;
  toleranceSec?: number;
}

/**
 * The second at which the webhook was signed, once one of the secrets is found to have signed it: Stripe's scheme v1,
 * HMAC-SHA256 over `timestamp.body`, keyed with the whole secret. Every pair of secret and signature is compared, each in
 * constant time. Schemes other than v1 count for nothing (v0 is for test events and would be a downgrade).
 *
 * @see https://docs.stripe.com/webhooks#verify-manually
 * @throws `gateway.badSignature`; `gateway.badTime` when the signature is right but older, or further ahead, than the tolerance
 */
export function verifySignature({ body, header, secrets, nowSec, toleranceSec }: SignedWebhook): number {
  const { timestamp, signatures } = parseHeader(header);
  let isGenuine = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
    for (const signature of signatures) isGenuine = timingSafeEqual(expected, signature) || isGenuine;
  }
  if (!isGenuine) throw badSignature('No secret of this gateway made it.');
  const atSec = Number(timestamp);
  if (Math.abs(nowSec - atSec) > (toleranceSec ?? TOLERANCE_SEC)) {
    throw gatewayError({
      code: 'gateway.badTime',
      message: 'The webhook was signed at another time.',
      hint: 'It is a replay, or the clock of this machine is wrong. The processor will send it again.',
      data: { signedAtSec: atSec, nowSec },
    });
  }
  return atSec;
}

/** Timestamp and v1 signatures of the header, in any order; other schemes are left out. */
function parseHeader(header: string | undefined): { timestamp: string; signatures: Buffer[] } {
  if (header === undefined || header === '') throw badSignature('The header Stripe-Signature is missing.');
  if (header.length > LONGEST_HEADER) throw badSignature('The header is too long.');
  let timestamp: string | undefined;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const at = part.indexOf('=');
    const [name, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (name === 't') {
      if (timestamp !== undefined) throw badSignature('It has two timestamps.');
      timestamp = value;
    } else if (name === 'v1' && /^[0-9a-f]{64}$/.test(value)) signatures.push(Buffer.from(value, 'hex'));
  }
  // The digits are part of what is signed: "007" is another text than "7".
  if (timestamp === undefined || !/^[1-9][0-9]{0,11}$/.test(timestamp)) throw badSignature('It has no timestamp.');
  if (signatures.length === 0 || signatures.length > MOST_SIGNATURES) throw badSignature('It has no v1 signature.');
  return { timestamp, signatures };
}

const badSignature = (why: string) =>
  gatewayError({
    code: 'gateway.badSignature',
    message: `The webhook's signature does not hold. ${why}`,
    hint: 'Take the signing secret of this endpoint from the processor; a proxy in front must not change the body.',
  });
