import { EncryptechError, errorsOf, type JobId } from '@encryptech/base';
import {
  errorBodySchema,
  errorOfWire,
  parseAnswer,
  parseJson,
  routes,
  type RouteAnswer,
  type RouteBodyJson,
  type RouteName,
} from '@encryptech/protocol';

/** What can go wrong on the way to a coordinator; its own refusals keep their codes. */
export type CoordinatorErrorCode =
  /** No connection, or it broke off. */
  | 'sdk.coordinatorUnreachable'
  /** No answer in time. */
  | 'sdk.coordinatorTimeout'
  /** An answer that is none of this protocol; `data.status` holds the HTTP status. */
  | 'sdk.coordinatorAnswer';

const coordinatorError = errorsOf<CoordinatorErrorCode>();

/** No answer of a coordinator is longer. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
const FIRST_PAUSE_MS = 200;

export interface CoordinatorClientOptions {
  /** Base URL, as in network.json. */
  url: string;
  /** Longest wait for one answer. Default 10 s. */
  timeoutMs?: number;
  /** How often a request is tried again when the coordinator could not be reached. Default 3. */
  retries?: number;
  signal?: AbortSignal | undefined;
  fetch?: typeof globalThis.fetch;
}

/** A coordinator's JSON interface, answers checked. Every call may throw {@link CoordinatorErrorCode} or the coordinator's refusal. */
export interface CoordinatorClient {
  readonly url: string;
  getJob(jobId: JobId): Promise<RouteAnswer<'getJob'>>;
  getJobs(): Promise<RouteAnswer<'getJobs'>>;
  getDatasets(): Promise<RouteAnswer<'getDatasets'>>;
  getOffers(): Promise<RouteAnswer<'getOffers'>>;
  getStatus(): Promise<RouteAnswer<'getStatus'>>;
  postOrder(body: RouteBodyJson<'postOrder'>): Promise<RouteAnswer<'postOrder'>>;
  postOffer(body: RouteBodyJson<'postOffer'>): Promise<RouteAnswer<'postOffer'>>;
  postGrant(body: RouteBodyJson<'postGrant'>): Promise<RouteAnswer<'postGrant'>>;
}

/**
 * A client of a coordinator. All its requests are idempotent (what is posted is named by its own digest), so each is tried
 * again after a fault of the network, with growing, jittered pauses.
 */
export function createCoordinatorClient(options: CoordinatorClientOptions): CoordinatorClient {
  const { timeoutMs = 10_000, retries = 3, signal } = options;
  const url = options.url.replace(/\/+$/, '');
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));

  const once = async <Name extends RouteName>(name: Name, path: string, body?: unknown): Promise<RouteAnswer<Name>> => {
    const patience = AbortSignal.timeout(timeoutMs);
    let answer: { ok: boolean; status: number; text: string };
    try {
      const response = await fetch(url + path, {
        method: routes[name].method,
        signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      answer = { ok: response.ok, status: response.status, text: await response.text() };
    } catch (cause) {
      signal?.throwIfAborted();
      throw patience.aborted
        ? fault('sdk.coordinatorTimeout', `The coordinator did not answer within ${timeoutMs} ms.`, { cause })
        : fault('sdk.coordinatorUnreachable', 'The coordinator can not be reached.', { cause });
    }
    if (answer.ok) return parseAnswer(name, parseJson(answer.text, MOST_ANSWER_BYTES));
    throw refusal(answer.status, answer.text);
  };

  const call = async <Name extends RouteName>(name: Name, path: string = routes[name].path, body?: unknown) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(name, path, body);
      } catch (error) {
        if (attempt >= retries || !(error instanceof EncryptechError) || error.retry !== 'now') throw error;
        await pause(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()), signal);
      }
    }
  };

  return {
    url,
    getJob: (jobId) => call('getJob', `/v1/jobs/${jobId}`),
    getJobs: () => call('getJobs'),
    getDatasets: () => call('getDatasets'),
    getOffers: () => call('getOffers'),
    getStatus: () => call('getStatus'),
    postOrder: (body) => call('postOrder', undefined, body),
    postOffer: (body) => call('postOffer', undefined, body),
    postGrant: (body) => call('postGrant', undefined, body),
  };

  function fault(code: CoordinatorErrorCode, message: string, { cause }: { cause: unknown }) {
    return coordinatorError({
      code,
      message,
      place: url,
      hint: 'Is it running? `encryptech doctor` looks.',
      cause,
      retry: 'now',
    });
  }

  function refusal(status: number, text: string): Error {
    try {
      const { error } = errorBodySchema.parse(JSON.parse(text));
      return errorOfWire(error);
    } catch {
      return coordinatorError({
        code: 'sdk.coordinatorAnswer',
        message: `The coordinator answered with status ${status} and nothing that can be read.`,
        place: url,
        data: { status },
        retry: status >= 500 ? 'now' : 'never',
      });
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}
