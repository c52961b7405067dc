import { handleEvent, type ChainEvent, type EventHandlers, type EventOf } from './chain-event.ts';
import type { EventFacts } from './event-facts.ts';
import type { JobRow } from './index-tables.ts';

const folds: EventHandlers<readonly [row: JobRow, facts: EventFacts], Partial<JobRow>> = {
  'jobs.Started': ({ args }) => ({
    state: 'Started',
    deliverBy: Number(args.deliverBy),
    enclaveKey: args.enclaveKey,
    evidenceId: args.evidenceId,
    keyReleased: false,
  }),
  'jobs.KeyReleaseRecorded': () => ({ keyReleased: true }),
  'jobs.Checkpointed': ({ args }) => ({ checkpointStep: args.step, checkpointDigest: args.digest }),
  'jobs.Delivered': ({ args }, row, facts) => ({
    state: 'Delivered',
    escrow: row.escrow - row.datasetFee,
    datasetPaid: row.datasetPaid + row.datasetFee,
    budget: 'spent',
    contestEnds: Number(args.contestEnds),
    resultDigest: args.resultDigest,
    certificateDigest: args.certificateDigest,
    rdpLow: args.rdpLow,
    rdpHigh: args.rdpHigh,
    enclaveSig: facts.enclaveSig ?? null,
  }),
  'jobs.Settled': ({ args }, row) => ({ ...paid(row, { ...args, datasetFee: 0n }), state: 'Settled' }),
  'jobs.Expired': ({ args }, row) => ({ ...paid(row, args), state: 'Expired', paidSteps: args.paidSteps }),
  'jobs.Cancelled': ({ args }, row) => ({
    ...{ state: 'Cancelled', escrow: 0n, stakeLocked: 0n, refunded: row.refunded + args.refund },
  }),
  'jobs.BudgetClosed': ({ args }) => ({ budget: args.committed ? 'spent' : 'released' }),
};

/** The job's row after one more of its events; `undefined` while there is no job, whatever was refused. */
export function foldJob(row: JobRow | undefined, event: ChainEvent, facts: EventFacts): JobRow | undefined {
  if (event.key === 'jobs.Matched') return matched(row, event, facts);
  const change = row && handleEvent(folds, event, row, facts);
  return row && change ? { ...row, ...change, updatedAt: event.at } : row;
}

function matched(row: JobRow | undefined, { args, at }: EventOf<'jobs.Matched'>, facts: EventFacts): JobRow {
  return {
    jobId: args.jobId,
    state: 'Matched',
    developer: args.developer,
    provider: args.provider,
    datasetId: args.datasetId,
    order: facts.order ?? row?.order ?? null,
    attempt: args.attempt,
    fromStep: args.fromStep,
    rate: args.rate,
    price: args.price,
    escrow: args.escrow,
    datasetFee: args.datasetFee,
    stakeLocked: args.stakeLocked,
    startBy: Number(args.startBy),
    ...{ deliverBy: null, contestEnds: null, enclaveKey: null, evidenceId: null, keyReleased: false },
    checkpointStep: row?.checkpointStep ?? 0,
    checkpointDigest: row?.checkpointDigest ?? null,
    paidSteps: row?.paidSteps ?? 0,
    ...{ resultDigest: null, certificateDigest: null, rdpLow: null, rdpHigh: null, enclaveSig: null },
    providerPaid: row?.providerPaid ?? 0n,
    treasuryPaid: row?.treasuryPaid ?? 0n,
    datasetPaid: row?.datasetPaid ?? 0n,
    refunded: row?.refunded ?? 0n,
    budget: 'held',
    createdAt: row?.createdAt ?? at,
    updatedAt: at,
  };
}

/** What an attempt paid on top of those before it; nothing stays in escrow or locked. */
function paid(
  row: JobRow,
  args: { providerPaid: bigint; treasuryFee: bigint; datasetFee: bigint; refund: bigint },
): Partial<JobRow> {
  return {
    escrow: 0n,
    stakeLocked: 0n,
    providerPaid: row.providerPaid + args.providerPaid,
    treasuryPaid: row.treasuryPaid + args.treasuryFee,
    datasetPaid: row.datasetPaid + args.datasetFee,
    refunded: row.refunded + args.refund,
  };
}
