import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What a coordinator counts. */
export interface Metrics {
  readonly registry: Registry;
  readonly matches: Counter;
  readonly refusedMatches: Counter;
  /** By `action`: settle, expire, close, collectFees, … */
  readonly kept: Counter<'action'>;
  /** By `loop` of the coordinator: rounds that failed. */
  readonly failedRounds: Counter<'loop'>;
}

/** The metrics; gauges ask `now` when they are read. */
export function createMetrics(now: {
  indexedBlock: () => Promise<bigint>;
  openOrders: () => Promise<number>;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    ...{ name: 'encryptech_coordinator_indexed_block', help: 'Newest block in the index', registers },
    async collect() {
      this.set(Number(await now.indexedBlock()));
    },
  });
  new Gauge({
    ...{ name: 'encryptech_coordinator_open_orders', help: 'Orders that wait for a match', registers },
    async collect() {
      this.set(await now.openOrders());
    },
  });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name: `encryptech_coordinator_${name}_total`, help, labelNames, registers });
  return {
    registry,
    matches: counter('matches', 'Matches that the contract made', []),
    refusedMatches: counter('refused_matches', 'Proposed matches that the contract refused', []),
    kept: counter('kept_deadlines', 'What the keeper did, by action', ['action']),
    failedRounds: counter('failed_rounds', 'Rounds of a loop that failed', ['loop']),
  };
}
