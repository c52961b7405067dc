import type { ChainClient } from '../client/create-chain-client.ts';
import type { JobEvent } from '../indexer/chain-event.ts';
import { watchEvents, type EventWatch, type WatchOptions } from './watch-events.ts';

/** What a watcher of jobs tells. */
export type JobWatch = EventWatch<JobEvent>;

/**
 * The events of Jobs as they happen: `watchEvents` of that contract alone.
 *
 * @example
 * for await (const told of watchJobs(client, { signal })) {
 *   if (told.kind === 'event' && told.event.key === 'jobs.Matched') await work(told.event.args);
 * }
 */
export const watchJobs = (client: ChainClient, options: WatchOptions): AsyncGenerator<JobWatch, void, void> =>
  watchEvents(client, ['jobs'], options);
