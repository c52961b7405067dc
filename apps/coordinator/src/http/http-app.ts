import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { Log } from '@encryptech/chain';
import { isEncryptechError, type Hex, type JobId } from '@encryptech/base';
import { wireErrorOf } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';
import type { IntakeDeps } from '../intake/intake-deps.ts';
import { takeGrant } from '../intake/take-grant.ts';
import { takeOffer } from '../intake/take-offer.ts';
import { takeOrder } from '../intake/take-order.ts';
import type { Monitor } from '../heartbeats/create-monitor.ts';
import type { Metrics } from '../metrics.ts';
import { remember } from '../remember.ts';
import { blobRoutes, type BlobRoutesOptions } from './blob-routes.ts';
import { clearingView } from './clearing-view.ts';
import { datasetList, datasetView } from './dataset-view.ts';
import { jobList } from './job-list.ts';
import { jobView } from './job-view.ts';
import { openApi } from './open-api.ts';
import { offerList } from './offer-list.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { readJson } from './read-json.ts';
import { statusOf } from './status-of.ts';
import { statusView, type StatusDeps } from './status-view.ts';

/** The largest JSON body; a manifest with a thousand columns has about 100 KiB. */
const MOST_JSON_BYTES = 1024 * 1024;
/** How long one answer of /v1/status serves everybody: it costs two calls of the node. */
const STATUS_MS = 500;

export interface HttpDeps extends IntakeDeps, StatusDeps {
  metrics: Metrics;
  /** Where providers answer heartbeats. */
  monitor: Pick<Monitor, 'question' | 'take'>;
  log: Log;
  /** What keeps the coordinator from working; empty when all is well. */
  problems: () => readonly string[];
  /** Called when something came in that may change the market. */
  onIntake: () => void;
}

export interface HttpOptions extends Omit<BlobRoutesOptions, 'blobs'> {
  requestsPerMinute: number;
  behindProxy: boolean;
}

/** The coordinator's HTTP interface: JSON and blobs under /v1, health, metrics. HTTP.md describes it. */
export function createHttpApp(deps: HttpDeps, options: HttpOptions): Hono {
  const { db, book, clock, log } = deps;
  const { orders, grants, clearings } = book;
  const app = new Hono();

  app.onError((error, context) => {
    const status = statusOf(error);
    if (status === 500) log.error({ path: context.req.path, error: textOf(error) }, 'A request failed');
    return context.json({ error: wireErrorOf(error) }, status);
  });
  app.notFound((context) => {
    const message = 'There is nothing at this path.';
    const error = coordinatorError({ code: 'coordinator.notFound', message, place: context.req.path });
    return context.json({ error: wireErrorOf(error) }, 404);
  });

  app.get('/health', async (context) => {
    const problems = deps.problems();
    const isWell = problems.length === 0;
    const indexedBlock = Number(await deps.indexedBlock());
    return context.json({ status: isWell ? 'ok' : 'degraded', problems, indexedBlock }, isWell ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    const { registry } = deps.metrics;
    return context.text(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });

  // Everything here is public and nothing goes by cookies, so pages of every origin may ask.
  app.use('/v1/*', cors({ origin: '*', exposeHeaders: ['retry-after'] }), async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
  });
  const limit = () => createRateLimit(options.requestsPerMinute, () => performance.now());
  const [limitBlobs, limitRest] = [limit(), limit()];
  const isBlob = (context: Context) => context.req.path.startsWith('/v1/blobs');
  app.use('/v1/*', (context, next) =>
    limited(isBlob(context) ? limitBlobs : limitRest, options.behindProxy)(context, next),
  );
  blobRoutes(app, { blobs: deps.blobs, ...options });

  app.use('/v1/*', bodyLimit({ maxSize: MOST_JSON_BYTES, onError: () => Promise.reject(bodyTooLarge()) }));
  const take = (path: string, work: (deps: IntakeDeps, body: unknown) => Promise<Hex>): void => {
    app.post(path, async (context) => {
      const id = await work(deps, await readJson(context));
      deps.onIntake();
      return context.json({ id }, 201);
    });
  };
  take('/v1/orders', takeOrder);
  take('/v1/offers', takeOffer);
  take('/v1/grants', takeGrant);

  app.get('/v1/heartbeats', async (context) => {
    const question = await deps.monitor.question(context.req.query('after'), context.req.raw.signal);
    return question === undefined ? context.body(null, 204) : context.json(question);
  });
  app.post('/v1/heartbeats', async (context) => {
    await deps.monitor.take(await readJson(context));
    return context.body(null, 204);
  });

  const idOf = (context: Context): Hex => (context.req.param('id') ?? '').toLowerCase() as Hex;
  const status = remember(STATUS_MS, async () => statusView(deps, await clock()));
  app.get('/v1/jobs', async (context) => context.json(await jobList(db, context.req.query('after'))));
  app.get('/v1/jobs/:id', async (context) =>
    context.json(await jobView({ db, orders, now: await clock() }, idOf(context) as JobId)),
  );
  app.get('/v1/datasets', async (context) =>
    context.json({ datasets: await datasetList({ db, grants, now: await clock() }) }),
  );
  app.get('/v1/datasets/:id', async (context) =>
    context.json(await datasetView({ db, grants, now: await clock() }, idOf(context))),
  );
  app.get('/v1/offers', async (context) =>
    context.json(await offerList({ offers: book.offers, providers: deps.providers }, await clock())),
  );
  app.get('/v1/status', async (context) => context.json(await status()));
  app.get('/v1/openapi.json', (context) => context.json(openApi));
  app.get('/v1/clearings/:id', async (context) => context.json(await clearingView(clearings, idOf(context))));
  return app;
}

function limited(limit: RateLimit, behindProxy: boolean): MiddlewareHandler {
  return async (context, next) => {
    const forwarded = behindProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
    const waitMs = limit(forwarded ?? getConnInfo(context).remote.address ?? 'unknown');
    if (waitMs === 0) return next();
    const afterSec = Math.ceil(waitMs / 1000);
    context.header('retry-after', String(afterSec));
    throw coordinatorError({
      code: 'coordinator.tooManyRequests',
      message: 'Too many requests from this address.',
      hint: `Wait ${afterSec} s.`,
      data: { afterSec },
      retry: 'later',
    });
  };
}

const bodyTooLarge = () =>
  coordinatorError({
    code: 'coordinator.bodyTooLarge',
    message: `The body is larger than ${MOST_JSON_BYTES} bytes.`,
    data: { maxBytes: MOST_JSON_BYTES },
  });

/** The stack of a fault, for the log: only of faults that nobody foresaw. */
const textOf = (error: Error): string => (isEncryptechError(error) ? error.code : (error.stack ?? error.message));
