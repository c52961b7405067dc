import { decodeRevert } from '../client/decode-chain-error.ts';
import { handleEvent, type ChainEvent, type EventHandlers } from './chain-event.ts';

/** Why something happened: a code of a closed list, and its sentence. */
export interface EventReason {
  code: string;
  message: string;
}

const reasons: EventHandlers<readonly [before: string | undefined], EventReason> = {
  'jobs.MatchRefused': ({ args }) => {
    const { code, message } = decodeRevert(args.reason);
    return { code, message };
  },
  'jobs.Expired': ({ args }, before) => {
    const paid = args.providerPaid > 0n ? ' Steps that a checkpoint covers were paid.' : '';
    return before === 'Matched'
      ? { code: 'startMissed', message: 'The provider did not start within the start window.' }
      : { code: 'deliveryMissed', message: `The provider did not deliver before the deadline.${paid}` };
  },
  'jobs.Settled': () => ({
    ...{ code: 'paid', message: 'The result stood for the contest window; everybody was paid.' },
  }),
  'jobs.Cancelled': ({ args }) =>
    args.refund > 0n
      ? { code: 'refunded', message: 'The developer ended the job; the escrow went back.' }
      : { code: 'closed', message: 'The job was ended; nothing was in escrow.' },
  'jobs.BudgetClosed': ({ args }) =>
    args.committed
      ? { code: 'lossSpent', message: 'The job may have seen the data: its whole reservation counts as spent.' }
      : { code: 'lossReleased', message: 'The job saw no data: its reservation was given back.' },
};

/**
 * The reason behind an event of a job, where it has one. `before` is the event of the same job that changed its state last.
 *
 * Codes: the contract’s error for a refused match; `startMissed`, `deliveryMissed`, `paid`, `refunded`, `closed`,
 * `lossSpent`, `lossReleased`.
 */
export const reasonOfEvent = (event: ChainEvent, before: string | undefined): EventReason | undefined =>
  handleEvent(reasons, event, before);
