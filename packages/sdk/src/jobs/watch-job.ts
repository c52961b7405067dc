import type { JobId } from '@encryptech/base';
import type { JobView } from '@encryptech/protocol';
import type { CoordinatorClient } from '../coordinator/index.ts';

/** What the provider tells of a running job; none of it depends on the data. */
export interface LiveProgress {
  state: string;
  step: number;
  steps: number;
  examplesPerSecond: number;
  epsilonSoFar: number;
  secondsLeft: number | null;
  failure: { code: string; message: string; place?: string; hint?: string; data?: Record<string, unknown> } | null;
}

/** A look at a job: what chain and coordinator say, and its provider's progress while it runs. */
export interface JobLook {
  view: JobView;
  progress: LiveProgress | null;
}

const POLL_MS = 400;
const FINAL = new Set(['Settled', 'Cancelled', 'Faulted']);

/** True when nothing more will happen to the job by itself. */
export const isFinal = ({ state }: JobView): boolean => FINAL.has(state);

/**
 * The job over and over, until it is final or `signal` aborts. An outage of the coordinator is waited out by its client's
 * retries; a provider that does not answer shows as no progress.
 */
export async function* watchJob(
  coordinator: CoordinatorClient,
  jobId: JobId,
  { signal, fetch = globalThis.fetch }: { signal?: AbortSignal | undefined; fetch?: typeof globalThis.fetch } = {},
): AsyncGenerator<JobLook, void, undefined> {
  while (signal?.aborted !== true) {
    const view = await coordinator.getJob(jobId);
    const progress =
      view.state === 'Started' && view.providerUrl !== null ? await progressOf(view.providerUrl, jobId, fetch) : null;
    yield { view, progress };
    if (isFinal(view)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

async function progressOf(url: string, jobId: JobId, fetch: typeof globalThis.fetch): Promise<LiveProgress | null> {
  try {
    const response = await fetch(`${url}/v1/jobs/${jobId}`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? ((await response.json()) as LiveProgress) : null;
  } catch {
    return null;
  }
}
