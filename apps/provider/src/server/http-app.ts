import { isEncryptechError, type JobId } from '@encryptech/base';
import { wireErrorOf } from '@encryptech/protocol';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { providerError } from '../errors.ts';
import type { JobBoard } from '../rooms/job-board.ts';

export interface HttpAppOptions {
  board: Pick<JobBoard, 'room' | 'status'>;
  metrics: Registry;
  /** What keeps the daemon from working; empty when all is well. */
  problems: () => readonly string[];
}

/** `/health`, `/metrics` and `GET /v1/jobs/:jobId`. Takes no bodies. */
export function createHttpApp({ board, metrics, problems }: HttpAppOptions): Hono {
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
  app.notFound((context) => context.json(wireErrorOf(unknownPath()), 404));
  app.onError((error, context) =>
    context.json(wireErrorOf(error), isEncryptechError(error, 'provider.unknownJob') ? 404 : 500),
  );
  return app;
}

export const unknownJob = () =>
  providerError({
    code: 'provider.unknownJob',
    message: 'This provider does not work on that job now.',
    retry: 'later',
  });

const unknownPath = () => providerError({ code: 'provider.unknownPath', message: 'There is nothing at this path.' });
