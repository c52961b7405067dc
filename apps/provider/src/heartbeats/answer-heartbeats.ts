import { setTimeout as sleep } from 'node:timers/promises';
import { heartbeatChallengeSchema, signHeartbeat, type CapacityDomain } from '@encryptech/protocol/capacity';
import type { LocalAccount } from 'viem';
import type { Logger } from 'pino';

/** A coordinator holds the question for at most that long. */
const QUESTION_TIMEOUT_MS = 45_000;
const ANSWER_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const NO_NONCE = '0x';

export interface HeartbeatOptions {
  coordinatorUrl: string;
  account: LocalAccount;
  domain: CapacityDomain;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Answers the coordinator's heartbeats until the signal: waits for the question of each slot, which comes at a random moment with
 * a nonce that nobody knew before, and signs it at once. The daemon connects out only: nobody can send a coordinator to an
 * address by registering it.
 */
export async function answerHeartbeats(options: HeartbeatOptions): Promise<void> {
  const { coordinatorUrl, account, domain, log, signal } = options;
  const base = `${coordinatorUrl.replace(/\/+$/, '')}/v1/heartbeats`;
  let answered: string = NO_NONCE;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]);
      const question = await fetch(`${base}?after=${answered}`, { signal: patience, redirect: 'error' });
      if (question.status === 204) {
        await question.body?.cancel();
        continue;
      }
      if (!question.ok) throw new Error(`The coordinator answers ${question.status}.`);
      const { epoch, slot, nonce } = heartbeatChallengeSchema.parse(await question.json());
      const beat = await signHeartbeat({ provider: account.address, epoch, slot, nonce }, domain, account);
      const answer = await fetch(base, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(beat),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      answered = nonce;
      if (!answer.ok)
        throw new Error(`The coordinator does not take the heartbeat: ${(await answer.text()).slice(0, 200)}`);
      await answer.body?.cancel();
      failures = 0;
      log.debug({ epoch, slot }, 'A heartbeat is heard');
    } catch (error) {
      if (signal.aborted) return;
      if (failures === 0) log.warn({ err: error }, 'The coordinator does not hear this provider');
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++) * (0.75 + Math.random() / 2);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
