import { randomBytes, randomInt } from 'node:crypto';
import { canonicalJson, digestOf, toHex, utf8, type Address, type Hex, type Json } from '@encryptech/base';
import {
  capacityAnswerSchema,
  capacityOpeningSchema,
  checkBenchmark,
  isCapacityAnswer,
  MOST_PRODUCTS,
  OPERATIONS_OF_A_PRODUCT,
  signCapacityChallenge,
  SIZE,
  type CapacityDomain,
} from '@encryptech/protocol/capacity';
import type { LocalAccount } from 'viem';
import { verifierError } from '../errors.ts';
import { readCapped } from '../peers/read-capped.ts';

/** Rows that are computed again. Who leaves out a tenth of the work is caught with a probability of 97 %. */
const SAMPLES = 32;
const ANSWER_TIMEOUT_MS = 60_000;
const MOST_BYTES = 4_200_000;
/** A micro-unit of work is 10^6 operations. */
const OPERATIONS_OF_A_MICRO_UNIT = 1e6;
/** What a provider should need for its benchmark at the speed that it declares. */
const WANTED_SEC = 1;

/** What a measurement found; `record` says all of it, and `evidence` is its digest. */
export interface Measurement {
  provider: Address;
  /** Micro-units of work a second: as measured, at most as declared, rounded down. */
  speed: bigint;
  issuedAt: number;
  evidence: Hex;
  record: Json;
}

/** A commitment that came in, with the time that it took. */
export interface Measured {
  open(): Promise<Measurement>;
}

/**
 * Has a provider multiply matrices that nobody knew before, and takes the time until it has committed to all results. What comes
 * back opens the commitment and checks rows that are drawn only then. The time counts the way there and back, so it is a lower
 * bound; it is measured by software, of whatever machine answers: level 0 of proof.
 *
 * @throws `verifier.notMeasured` when the provider can't be reached, refuses, or its results are wrong
 */
export async function measureProvider(
  { provider, url, declared }: { provider: Address; url: string; declared: bigint },
  { domain, verifier, issuedAt }: { domain: CapacityDomain; verifier: LocalAccount; issuedAt: number },
): Promise<Measured> {
  const wanted = Math.ceil((Number(declared) * OPERATIONS_OF_A_MICRO_UNIT * WANTED_SEC) / OPERATIONS_OF_A_PRODUCT);
  const products = Math.min(MOST_PRODUCTS, Math.max(2, wanted));
  const seed = toHex(new Uint8Array(randomBytes(32)));
  const challenge = await signCapacityChallenge({ provider, seed, products, issuedAt }, domain, verifier);
  const began = performance.now();
  const text = await ask(url, '/v1/capacity', challenge);
  const elapsedMs = performance.now() - began;
  const answer = capacityAnswerSchema.safeParse(parse(text, url));
  if (!answer.success) throw notMeasured(url, 'The answer is not of its form.');
  const { commitment, signature } = answer.data;
  if (!(await isCapacityAnswer({ provider, seed, commitment, signature }, domain))) {
    throw notMeasured(url, 'The answer is not signed by the provider.');
  }
  return {
    async open() {
      const opening = capacityOpeningSchema.safeParse(parse(await ask(url, '/v1/capacity/open', { seed }), url));
      if (!opening.success) throw notMeasured(url, 'The digests are not of their form.');
      const samples = Array.from({ length: SAMPLES }, () => randomInt(products * SIZE));
      const digests = new Uint8Array(Buffer.from(opening.data.digests, 'base64'));
      const wrong = checkBenchmark({ seed, products, commitment }, digests, samples);
      if (wrong !== undefined) throw notMeasured(url, wrong);
      const operations = products * OPERATIONS_OF_A_PRODUCT;
      const measured = Math.floor(operations / OPERATIONS_OF_A_MICRO_UNIT / (elapsedMs / 1000));
      const speed = BigInt(measured) < declared ? BigInt(measured) : declared;
      const record = {
        ...{ method: 'matrix products, software, level 0', challenge, commitment, signature, samples },
        ...{ elapsedMs: Math.round(elapsedMs), operations, measured, declared: declared.toString() },
        speed: speed.toString(),
      };
      return { provider, speed, issuedAt, evidence: digestOf(utf8(canonicalJson(record))), record };
    },
  };
}

async function ask(url: string, path: string, body: Json): Promise<string> {
  const at = url.replace(/\/+$/, '') + path;
  let answer: { ok: boolean; text: string };
  try {
    const response = await fetch(at, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    answer = { ok: response.ok, text: await readCapped(response, MOST_BYTES) };
  } catch (cause) {
    throw notMeasured(at, 'The provider does not answer.', cause);
  }
  if (answer.ok) return answer.text;
  throw notMeasured(at, `The provider refuses: ${answer.text.slice(0, 200)}`);
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notMeasured(url, 'The answer is not JSON.', cause);
  }
}

const notMeasured = (place: string, message: string, cause?: unknown) =>
  verifierError({ code: 'verifier.notMeasured', message, place, cause, retry: 'later' });
