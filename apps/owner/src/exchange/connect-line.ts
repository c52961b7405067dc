import type { EnvelopeCodec } from '@encryptech/protocol';
import { WebSocket } from 'ws';
import { ownerError } from '../errors.ts';

/** The largest message of an enclave: evidence with endorsements. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A line to an enclave, through who runs it. */
export interface MessageLine<Message> {
  send(message: Message): void;
  /** Sends bytes that are a message already. */
  relay(bytes: Uint8Array): void;
  /**
   * The next message for which `pick` gives something; others are dropped. Waits for `waitMs`, the line's own time-out if left out.
   *
   * @throws `owner.provider` when the line ends or nothing fitting comes in time, and what `pick` throws
   */
  next<T>(pick: (message: Message) => T | undefined, waitMs?: number): Promise<T>;
  close(): void;
}

export interface LineOptions<Message> {
  /** Where the WebSocket is; `http` and `https` stand for `ws` and `wss`. */
  url: string;
  codec: EnvelopeCodec<Message>;
  /** Longest wait for the connection, and for each message. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** @throws `owner.provider` */
export async function connectLine<Message>(options: LineOptions<Message>): Promise<MessageLine<Message>> {
  const { codec, timeoutMs, signal } = options;
  const url = new URL(options.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, {
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: timeoutMs,
    followRedirects: false,
  });
  socket.binaryType = 'nodebuffer';
  const inbox: Message[] = [];
  let ended: Error | undefined;
  let wake: () => void = () => undefined;
  const end = (reason: Error): void => {
    ended ??= reason;
    wake();
  };
  socket.on('message', (data: Buffer) => {
    try {
      inbox.push(codec.decode(new Uint8Array(data)));
      wake();
    } catch (error) {
      end(error as Error);
      socket.terminate();
    }
  });
  socket.on('close', (code) => end(broken(`The provider closed the connection (${code}).`)));
  socket.on('error', (error) => end(broken('The provider can not be reached.', error)));
  const abort = (): void => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', (error) => reject(broken('The provider can not be reached.', error)));
    socket.once('close', () => reject(broken('The provider closed the connection.')));
  });

  const arrival = (milliseconds: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });

  return {
    send: (message) => socket.send(codec.encode(message)),
    relay: (bytes) => socket.send(bytes),
    next: async (pick, waitMs = timeoutMs) => {
      const until = performance.now() + waitMs;
      for (;;) {
        for (let message = inbox.shift(); message !== undefined; message = inbox.shift()) {
          const picked = pick(message);
          if (picked !== undefined) return picked;
        }
        if (ended !== undefined) throw ended;
        if (!(await arrival(Math.min(LONGEST_TIMER_MS, Math.max(0, until - performance.now())))))
          throw broken('The enclave does not answer.');
      }
    },
    close: () => {
      signal?.removeEventListener('abort', abort);
      socket.close();
    },
  };
}

const broken = (message: string, cause?: unknown) =>
  ownerError({ code: 'owner.provider', message, cause, retry: 'later' });
