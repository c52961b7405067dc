import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a provider counts. Nothing here depends on anybody's data. */
export interface ProviderMetrics {
  readonly registry: Registry;
  readonly running: Gauge;
  /** By `outcome`: delivered, failed, denied, lost. */
  readonly jobs: Counter<'outcome'>;
  readonly steps: Counter;
  readonly startSeconds: Histogram;
}

export function createMetrics(): ProviderMetrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    running: new Gauge({
      name: 'encryptech_provider_jobs_running',
      help: 'Jobs with a live enclave worker',
      registers,
    }),
    jobs: new Counter({
      name: 'encryptech_provider_jobs_total',
      help: 'Jobs that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    steps: new Counter({ name: 'encryptech_provider_steps_total', help: 'Training steps taken', registers }),
    startSeconds: new Histogram({
      name: 'encryptech_provider_start_seconds',
      help: 'From a match to the start on chain',
      buckets: [0.5, 1, 2, 5, 10, 20, 40, 60, 120],
      registers,
    }),
  };
}
