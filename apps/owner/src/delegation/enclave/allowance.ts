import type { DatasetId, JobId } from '@encryptech/base';
import { ledgerReserve, type LedgerState } from '@encryptech/privacy';
import type { JobOrder } from '@encryptech/protocol';
import type { DelegatedDataset } from '../delegation-terms.ts';

/** How much privacy loss a delegate may still release keys for. */
export interface Allowance {
  /**
   * True when the order fits into what the owner left, counting it from then on; a job counts once, however many attempts it
   * takes. Never given back: a delegate can't tell a job that ended without a look at the data from one that its host hides.
   */
  take(dataset: DatasetId, job: JobId, order: Pick<JobOrder, 'rdpLow' | 'rdpHigh'>): boolean;
}

/**
 * The delegate's own Rényi filter over each dataset, by the arithmetic of the chain's. Its host tells it what the chain says; a
 * host that lies gets no more out of a dataset than the owner saw left when the delegation began.
 */
export function createAllowance(datasets: readonly DelegatedDataset[]): Allowance {
  const states = new Map<DatasetId, LedgerState>(datasets.map(({ id, ledger }) => [id, ledger]));
  const budgets = new Map(
    datasets.map(({ id, manifest: { epsilonCapMicro, deltaExponent } }) => [
      id,
      { epsilonMicro: epsilonCapMicro, deltaExponent },
    ]),
  );
  const counted = new Set<JobId>();
  return {
    take: (dataset, job, { rdpLow, rdpHigh }) => {
      if (counted.has(job)) return true;
      const state = states.get(dataset);
      const budget = budgets.get(dataset);
      if (state === undefined || budget === undefined) return false;
      try {
        states.set(dataset, ledgerReserve(state, budget, { rdpLow, rdpHigh }));
      } catch {
        return false;
      }
      counted.add(job);
      return true;
    },
  };
}
