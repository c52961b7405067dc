import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { getAddress } from 'viem';
import { toHex, type Address } from '@encryptech/base';
import type { Log } from '@encryptech/chain';
import {
  heartbeatSchema,
  isHeartbeat,
  type CapacityDomain,
  type HeartbeatChallenge,
} from '@encryptech/protocol/capacity';
import { coordinatorError } from '../errors.ts';
import type { SlotNow } from './epoch-clock.ts';

/** How long an answer may take; half a slot where that is less. */
const WINDOW_MS = 5_000;
/** How long a question is held open before the provider asks again. */
const HOLD_MS = 25_000;
const MOST_WAITING = 10_000;
/** The chain's clock shows whole seconds. */
const CLOCK_MS = 1_000;
const PAUSE_MS = 2_000;

export interface MonitorOptions {
  clock: () => Promise<SlotNow>;
  domain: CapacityDomain;
  /** True for an active provider of the chain's register. */
  isKnown: (provider: Address) => Promise<boolean>;
  /** Keeps who answered in the slot. */
  keep: (place: { epoch: number; slot: number }, providers: readonly Address[]) => Promise<void>;
  log: Log;
  /** From 0 to 1; the moment of each question comes from it. */
  random?: () => number;
}

/** Asks providers for signs of life, once in each slot, at a moment that nobody can foresee. */
export interface Monitor {
  /** The open question, if it is another one than `after`; else the next one, or undefined after a while or at the end. */
  question(after: string | undefined, signal?: AbortSignal): Promise<HeartbeatChallenge | undefined>;
  /**
   * Takes an answer to the open question.
   *
   * @throws `coordinator.badRequest` `coordinator.expired` `coordinator.unknownProvider`
   */
  take(body: unknown): Promise<void>;
  /** Asks in slot after slot until the signal. */
  run(signal: AbortSignal): Promise<void>;
}

interface Open extends Omit<HeartbeatChallenge, 'openMs'> {
  until: number;
  heard: Set<Address>;
}

export function createMonitor(options: MonitorOptions): Monitor {
  const { clock, domain, isKnown, keep, log, random = cryptoRandom } = options;
  let open: Open | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const hear of [...waiting]) hear();
  };
  const told = (after: string | undefined): HeartbeatChallenge | undefined => {
    if (open === undefined || open.nonce === after) return undefined;
    const { epoch, slot, nonce, until } = open;
    return { epoch, slot, nonce, openMs: Math.max(0, Math.floor(until - performance.now())) };
  };

  /** One question in the running slot, if there is time for one. */
  const ask = async (signal: AbortSignal): Promise<void> => {
    const { epoch, slot, leftMs, lengthMs } = await clock();
    const windowMs = Math.min(WINDOW_MS, lengthMs / 2);
    const slackMs = leftMs - windowMs - CLOCK_MS;
    if (slackMs >= 0) {
      await sleep(random() * slackMs, undefined, { signal });
      const now = await clock();
      // Somebody set the clock of an embedded chain.
      if (now.epoch !== epoch || now.slot !== slot) return;
      const asked: Open = {
        ...{ epoch, slot, nonce: toHex(new Uint8Array(randomBytes(32))), heard: new Set() },
        until: performance.now() + windowMs,
      };
      open = asked;
      wake();
      try {
        await sleep(windowMs, undefined, { signal });
      } finally {
        open = undefined;
        if (asked.heard.size > 0) await keep({ epoch, slot }, [...asked.heard]);
      }
    }
    const rest = await clock();
    if (rest.epoch === epoch && rest.slot === slot) await sleep(rest.leftMs + 20, undefined, { signal });
  };

  return {
    question(after, signal) {
      const now = told(after);
      if (now !== undefined || signal?.aborted === true) return Promise.resolve(now);
      if (waiting.size >= MOST_WAITING) return Promise.reject(tooMany());
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(end);
          signal?.removeEventListener('abort', end);
          resolve(told(after));
        };
        const timer = setTimeout(end, HOLD_MS);
        signal?.addEventListener('abort', end, { once: true });
        waiting.add(end);
      });
    },
    async take(body) {
      const parsed = heartbeatSchema.safeParse(body);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw badBeat(`The heartbeat is not of its form: ${issue?.message ?? ''}.`, issue?.path.join('.') ?? 'body');
      }
      const beat = parsed.data;
      const asked = open;
      if (asked === undefined || beat.nonce !== asked.nonce || beat.epoch !== asked.epoch || beat.slot !== asked.slot) {
        throw coordinatorError({
          code: 'coordinator.expired',
          message: 'Nobody asks this now: the answer came too late, or to another question.',
          hint: 'Wait for the next slot.',
        });
      }
      const provider = getAddress(beat.provider);
      if (!(await isHeartbeat(beat, domain))) throw badBeat('The provider did not sign this heartbeat.', 'signature');
      if (!(await isKnown(provider))) {
        throw coordinatorError({
          code: 'coordinator.unknownProvider',
          message: 'No active provider of this account is registered on chain.',
          place: provider,
        });
      }
      if (open === asked) asked.heard.add(provider);
    },
    async run(signal) {
      signal.addEventListener('abort', wake, { once: true });
      while (!signal.aborted) {
        try {
          await ask(signal);
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ error: String(error) }, 'A slot passes without heartbeats');
          await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
        }
      }
    },
  };
}

const cryptoRandom = (): number => randomBytes(4).readUInt32LE() / 2 ** 32;

const badBeat = (message: string, place: string) =>
  coordinatorError({ code: 'coordinator.badRequest', message, place });
const tooMany = () =>
  coordinatorError({
    code: 'coordinator.busy',
    message: 'As many providers wait for the next heartbeat as this coordinator can hold.',
    retry: 'later',
  });
