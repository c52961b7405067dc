import type { Address } from '@encryptech/base';
import type { Deployment } from '../deployment.ts';
import { handleEvent, type ChainEvent, type EventHandlers } from './chain-event.ts';
import type { EventFacts } from './event-facts.ts';

/** How one account's balance in Jobs moves, in wei. */
export interface BalanceChange {
  account: Address;
  change: bigint;
}

type Paid = { providerPaid: bigint; treasuryFee: bigint; datasetFee: bigint; refund: bigint };
type Context = readonly [facts: EventFacts, treasury: Address];

const changes: EventHandlers<Context, BalanceChange[]> = {
  'jobs.Deposited': ({ args }) => [{ account: args.account, change: args.amount }],
  'jobs.Withdrawn': ({ args }) => [{ account: args.account, change: -args.amount }],
  'jobs.Matched': ({ args }) => [{ account: args.developer, change: -args.escrow }],
  'jobs.Settled': ({ args }, facts, treasury) => paid({ ...args, datasetFee: 0n }, facts, treasury),
  'jobs.Expired': ({ args }, facts, treasury) => paid(args, facts, treasury),
  // The owner is paid with the delivery; the settlement names the fee once more.
  'jobs.Delivered': (_, { parties }) =>
    parties === undefined ? [] : [{ account: parties.datasetOwner, change: BigInt(parties.datasetFee) }],
  'jobs.Cancelled': ({ args }, { parties }) =>
    parties === undefined ? [] : [{ account: parties.developer, change: args.refund }],
  'jobs.FeesCollected': ({ args }, _, treasury) => [{ account: treasury, change: -args.amount }],
};

/**
 * How an event moves the accounts' balances in Jobs; what the treasury has there are the fees that nobody collected yet. Accounts may repeat: a provider may be its own developer.
 */
export const balanceChanges = (event: ChainEvent, facts: EventFacts, deployment: Deployment): BalanceChange[] =>
  handleEvent(changes, event, facts, deployment.contracts.treasury) ?? [];

function paid(args: Paid, { parties }: EventFacts, treasury: Address): BalanceChange[] {
  if (parties === undefined) return [];
  return [
    { account: parties.provider, change: args.providerPaid },
    { account: treasury, change: args.treasuryFee },
    { account: parties.datasetOwner, change: args.datasetFee },
    { account: parties.developer, change: args.refund },
  ];
}
