import { wire, type MessagePipe, type WireMessage } from '@encryptech/protocol';
import type { EnclaveLine } from '../../exchange/connect-enclave.ts';
import { ownerError } from '../../errors.ts';
import type { DelegateMessage } from '../delegate-pipe.ts';

/** Longest wait for an answer of a job's enclave. */
const ANSWER_TIMEOUT_MS = 20_000;
/** An enclave says more than it is asked: what nobody waits for does not pile up. */
const MOST_WAITING = 256;

/** A line to the enclave of a job through the delegate's host, and what the host tells of it. */
export interface PipeLine {
  readonly line: EnclaveLine;
  heard(bytes: Uint8Array): void;
  lost(): void;
}

export function createPipeLine(pipe: Pick<MessagePipe<DelegateMessage>, 'send'>, session: number): PipeLine {
  const inbox: WireMessage[] = [];
  let ended: Error | undefined;
  let wake: () => void = () => undefined;
  const say = (message: Uint8Array): void => {
    pipe.send({ type: 'say', body: { session, message } }).catch(() => end('The host of the delegate is gone.'));
  };
  const end = (why: string, cause?: unknown): void => {
    ended ??= ownerError({ code: 'owner.provider', message: why, cause, retry: 'later' });
    wake();
  };
  const arrival = (milliseconds: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  return {
    line: {
      send: (message) => say(wire.encode(message)),
      relay: say,
      next: async (pick, waitMs = ANSWER_TIMEOUT_MS) => {
        const until = performance.now() + waitMs;
        for (;;) {
          for (let message = inbox.shift(); message !== undefined; message = inbox.shift()) {
            const picked = pick(message);
            if (picked !== undefined) return picked;
          }
          if (ended !== undefined) throw ended;
          if (!(await arrival(Math.max(0, until - performance.now()))))
            throw ownerError({ code: 'owner.provider', message: 'The enclave does not answer.', retry: 'later' });
        }
      },
      close: () => end('The session is over.'),
    },
    heard: (bytes) => {
      try {
        if (inbox.length >= MOST_WAITING) return;
        inbox.push(wire.decode(bytes));
        wake();
      } catch (error) {
        end('The enclave sends what is no message.', error);
      }
    },
    lost: () => end('The provider closed the connection.'),
  };
}
