import { isEncryptechError } from '@encryptech/base';
import { parseJson } from '../documents/parse-json.ts';
import { protocolError } from '../errors.ts';
import { errorOfWire, wireErrorSchema } from '../wire/wire-error.ts';
import { createStallClock } from './stall-clock.ts';

/** The part of `fetch` that a store uses. */
export type Fetch = (url: string, init: RequestInit & { duplex?: 'half' }) => Promise<Response>;

export interface HttpRequest {
  fetch: Fetch;
  method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  url: string;
  /** The longest silence: until the answer begins, and between two pieces either way. */
  timeoutMs: number;
  body?: Uint8Array | AsyncIterable<Uint8Array>;
}

/** An answer of status 2xx, or 404 without a body. */
export interface HttpAnswer {
  found: boolean;
  /** The body; leaving the loop early closes the connection. */
  pieces: AsyncGenerator<Uint8Array, void, undefined>;
}

const ANSWER_MAX_BYTES = 1 << 16;

/**
 * The answer to one request, for `use` to read.
 *
 * @throws `protocol.timeout`, `protocol.unreachable`, `protocol.truncated` for an answer that breaks off, the error that the server's body names, else `protocol.refused`;
 * what `body` and `use` throw
 */
export async function httpExchange<Result>(
  request: HttpRequest,
  use: (answer: HttpAnswer) => Promise<Result>,
): Promise<Result> {
  const exchange = openExchange(request);
  try {
    return await use(await exchange.answer());
  } finally {
    exchange.close();
  }
}

/** As {@link httpExchange}, for a body that is read piece by piece. */
export async function* httpPieces(
  request: HttpRequest,
  missing: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const exchange = openExchange(request);
  try {
    const { found, pieces } = await exchange.answer();
    if (!found) throw missing();
    yield* pieces;
  } finally {
    exchange.close();
  }
}

function openExchange({ fetch, method, url, timeoutMs, body }: HttpRequest): {
  answer(): Promise<HttpAnswer>;
  close(): void;
} {
  const clock = createStallClock(timeoutMs);
  let sourceFault: { error: unknown } | undefined;
  let unread: ReadableStream<Uint8Array> | null = null;

  const fault = (cause: unknown, code: 'protocol.unreachable' | 'protocol.truncated'): unknown => {
    if (sourceFault !== undefined) return sourceFault.error;
    if (isEncryptechError(cause)) return cause;
    return clock.stalled
      ? protocolError({ code: 'protocol.timeout', message: `${url} was silent for ${timeoutMs} ms.`, retry: 'later' })
      : protocolError({
          code,
          message: code === 'protocol.unreachable' ? `${url} can't be reached.` : `The answer of ${url} broke off.`,
          retry: 'later',
          cause,
        });
  };
  // The time that a source or a consumer takes is not the server's silence: the clock stands still meanwhile.
  async function* outgoing(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      clock.stop();
      for await (const piece of pieces) {
        clock.restart();
        yield piece;
        clock.stop();
      }
    } catch (error) {
      sourceFault = { error };
      throw error;
    } finally {
      clock.restart();
    }
  }
  async function* incoming(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    unread = null;
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clock.stop();
        yield value;
        clock.restart();
      }
    } catch (cause) {
      throw fault(cause, 'protocol.truncated');
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  return {
    async answer() {
      const init: RequestInit & { duplex?: 'half' } = { method, signal: clock.signal, redirect: 'error' };
      if (body !== undefined) {
        init.headers = { 'content-type': 'application/octet-stream' };
        init.body = (body instanceof Uint8Array ? body : streamOf(outgoing(body))) as BodyInit;
        if (!(body instanceof Uint8Array)) init.duplex = 'half';
      }
      let response: Response;
      try {
        response = await fetch(url, init);
      } catch (cause) {
        throw fault(cause, 'protocol.unreachable');
      }
      clock.restart();
      unread = response.body;
      const pieces = incoming(response);
      if (response.ok || (response.status === 404 && method !== 'PUT' && method !== 'POST')) {
        return { found: response.ok, pieces };
      }
      throw (await namedError(pieces)) ?? refused(url, response.status);
    },
    close: () => {
      clock.stop();
      void unread?.cancel().catch(() => undefined);
    },
  };
}

const refused = (url: string, status: number) =>
  protocolError({
    code: 'protocol.refused',
    message: `${url} answered with status ${status}.`,
    data: { status },
    retry: status === 429 || status >= 500 ? 'later' : 'never',
  });

/** The error in the body of a refusal, where the server is one of ours. */
async function namedError(pieces: AsyncIterable<Uint8Array>): Promise<Error | undefined> {
  try {
    const answer = parseJson(await readAnswer(pieces)) as { error?: unknown };
    const parsed = wireErrorSchema.safeParse(answer.error);
    return parsed.success ? errorOfWire(parsed.data) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A short body as bytes.
 *
 * @throws `protocol.tooLarge` over 64 KiB
 */
export async function readAnswer(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let all = new Uint8Array(0);
  for await (const piece of pieces) {
    if (all.length + piece.length > ANSWER_MAX_BYTES) {
      throw protocolError({ code: 'protocol.tooLarge', message: `An answer is over ${ANSWER_MAX_BYTES} bytes.` });
    }
    const next = new Uint8Array(all.length + piece.length);
    next.set(all);
    next.set(piece, all.length);
    all = next;
  }
  return all;
}

/** The web stream of an async generator; pulled, so as fast as the network takes it. */
const streamOf = (pieces: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return()),
    },
    { highWaterMark: 0 },
  );
