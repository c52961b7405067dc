import { isEncryptechError, type JobId } from '@encryptech/base';
import { wireErrorOf } from '@encryptech/protocol';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Registry } from 'prom-client';
import type { CapacityDesk } from '../capacity/create-capacity-desk.ts';
import { providerError, type ProviderErrorCode } from '../errors.ts';
import type { EvidenceDesk } from '../evidence/create-evidence-desk.ts';
import type { JobBoard } from '../rooms/job-board.ts';

export interface HttpAppOptions {
  board: Pick<JobBoard, 'room' | 'status'>;
  metrics: Registry;
  /** What keeps the daemon from working; empty when all is well. */
  problems: () => readonly string[];
  /** Lets verifiers measure the machine; nobody does where it is left out. */
  capacity?: Pick<CapacityDesk, 'measure' | 'open'>;
  /** Evidence for verifiers; none where it is left out. */
  evidence?: EvidenceDesk;
}

/** A challenge has less than 500 bytes. */
const MOST_CHALLENGE_BYTES = 4_096;
const STATUS: { [Code in ProviderErrorCode]?: 400 | 403 | 404 | 409 | 422 | 429 } = {
  'provider.unknownJob': 404,
  'provider.badChallenge': 400,
  'provider.notVerifier': 403,
  'provider.busy': 409,
  'provider.badRequest': 400,
  'provider.staleBlock': 422,
  'provider.tooManyRequests': 429,
};

/** `/health`, `/metrics`, `GET /v1/jobs/:jobId`, and what verifiers ask: `GET /v1/evidence?block=N`, `POST /v1/capacity` and `/v1/capacity/open`. */
export function createHttpApp({ board, metrics, problems, capacity, evidence }: HttpAppOptions): Hono {
  const app = new Hono();
  app.get('/health', (context) => {
    const found = problems();
    return context.json(
      { status: found.length === 0 ? 'ok' : 'degraded', problems: found },
      found.length === 0 ? 200 : 503,
    );
  });
  app.get('/metrics', async (context) =>
    context.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType }),
  );
  app.get('/v1/jobs/:jobId', (context) => {
    const status = board.status(context.req.param('jobId').toLowerCase() as JobId);
    if (status === undefined) throw unknownJob();
    return context.json(status);
  });
  if (capacity !== undefined) {
    const small = bodyLimit({ maxSize: MOST_CHALLENGE_BYTES, onError: () => Promise.reject(tooLarge()) });
    const body = (context: Context): Promise<unknown> => context.req.json().catch(() => null);
    app.post('/v1/capacity', small, async (context) => context.json(await capacity.measure(await body(context))));
    app.post('/v1/capacity/open', small, async (context) => context.json(await capacity.open(await body(context))));
  }
  if (evidence !== undefined) {
    app.get('/v1/evidence', async (context) => context.json(await evidence(blockOf(context.req.query('block')))));
  }
  app.notFound((context) => context.json(wireErrorOf(unknownPath()), 404));
  app.onError((error, context) =>
    context.json(wireErrorOf(error), (isEncryptechError(error) && STATUS[error.code as ProviderErrorCode]) || 500),
  );
  return app;
}

export const unknownJob = () =>
  providerError({
    code: 'provider.unknownJob',
    message: 'This provider does not work on that job now.',
    retry: 'later',
  });

/** @throws `provider.badRequest` */
function blockOf(text: string | undefined): number {
  if (text !== undefined && /^(0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw providerError({
    code: 'provider.badRequest',
    message: 'Evidence is made over a block: its number is missing, or is none.',
    place: 'block',
    hint: 'Ask for /v1/evidence?block=N with the number of the newest block.',
  });
}

const tooLarge = () =>
  providerError({ code: 'provider.badChallenge', message: `The body is longer than ${MOST_CHALLENGE_BYTES} bytes.` });

const unknownPath = () => providerError({ code: 'provider.unknownPath', message: 'There is nothing at this path.' });
