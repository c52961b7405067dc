import { handleEvent, type ChainEvent, type EventHandlers } from './chain-event.ts';
import type { DatasetRow } from './index-tables.ts';

const folds: EventHandlers<readonly [], Partial<DatasetRow>> = {
  'datasets.DatasetRetired': () => ({ retired: true }),
  'datasets.DatasetPolicySet': ({ args }) => ({ policyDigest: args.policyDigest }),
  'datasets.DatasetFeeSet': ({ args }) => ({ fee: args.fee }),
};

/** The dataset's row after one more of its events. The ledger is not folded: it is read from the chain when it changed. */
export function foldDataset(row: DatasetRow | undefined, event: ChainEvent): DatasetRow | undefined {
  if (event.key === 'datasets.DatasetRegistered') {
    const { datasetId, owner, terms } = event.args;
    const { digest, schemaDigest, manifestDigest, policyDigest, epsilonCapMicro, deltaExponent, fee, minLevel, unit } =
      terms;
    return {
      ...{ datasetId, owner, digest, schemaDigest, manifestDigest, policyDigest, epsilonCapMicro, deltaExponent },
      ...{ fee, minLevel, unit, retired: false, createdAt: event.at },
      ...{ spentLow: 0n, spentHigh: 0n, reservedLow: 0n, reservedHigh: 0n },
    };
  }
  return row && { ...row, ...handleEvent(folds, event) };
}

/** True for events after which a dataset's ledger differs. */
export const changesLedger = ({ key }: ChainEvent): boolean =>
  key === 'datasets.LossReserved' || key === 'datasets.LossCommitted' || key === 'datasets.LossReleased';
