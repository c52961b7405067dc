import type { Address, Hex } from '@encryptech/base';
import {
  recoverFindingSigner,
  type AttestationFinding,
  type FindingDomain,
  type FindingSignature,
} from '@encryptech/chain';
import type { Submission } from '@encryptech/protocol';
import { isAddressEqual } from 'viem/utils';
import { verifierError } from '../errors.ts';
import { readCapped } from './read-capped.ts';

const ANSWER_TIMEOUT_MS = 15_000;
const MOST_BYTES = 4096;

export interface Peer {
  readonly address: Address;
  readonly url: string;
}

/**
 * A peer's signature under this very finding, which it has found by itself.
 *
 * @throws `verifier.badPeer` when it can't be reached, refuses, finds something else, or signs with another key
 */
export async function askPeer(
  peer: Peer,
  { submission, finding, domain }: { submission: Submission; finding: AttestationFinding; domain: FindingDomain },
): Promise<FindingSignature> {
  const bad = (message: string, cause?: unknown) =>
    verifierError({ code: 'verifier.badPeer', message, place: peer.url, cause, retry: 'later' });
  let answer: { signature?: unknown; code?: unknown };
  try {
    const response = await fetch(`${peer.url.replace(/\/+$/, '')}/v1/cosign`, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ submission, issuedAt: Number(finding.issuedAt) }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    answer = JSON.parse(await readCapped(response, MOST_BYTES)) as typeof answer;
  } catch (cause) {
    throw bad('The peer can not be reached.', cause);
  }
  const { signature } = answer;
  if (typeof signature !== 'string' || !/^0x[0-9a-f]{130}$/.test(signature)) {
    throw bad(`The peer gives no signature${typeof answer.code === 'string' ? ` (${answer.code.slice(0, 60)})` : ''}.`);
  }
  const signer = await recoverFindingSigner(finding, signature as Hex, domain).catch(() => undefined);
  if (signer === undefined || !isAddressEqual(signer, peer.address)) {
    throw bad('The peer finds something else, or signs with another key.');
  }
  return { verifier: peer.address, signature: signature as Hex };
}
