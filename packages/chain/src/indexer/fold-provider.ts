import type { Address } from '@encryptech/base';
import { handleEvent, type ChainEvent, type EventHandlers } from './chain-event.ts';
import type { ProviderRow } from './index-tables.ts';

const folds: EventHandlers<readonly [row: ProviderRow], Partial<ProviderRow>> = {
  'providers.ProviderSet': ({ args, at }, row) => ({
    ...{ url: args.url, speed: args.speed, createdAt: row.createdAt ?? at },
  }),
  'providers.ProviderActive': ({ args }) => ({ active: args.active }),
  'providers.ReputationChanged': ({ args }) => ({ alphaGwei: args.alphaGwei, betaGwei: args.betaGwei }),
  'attestations.AttestationRecorded': ({ args }) => ({
    level: args.level,
    levelUntil: Number(args.expiresAt),
    evidenceId: args.evidenceId,
  }),
  'staking.Locked': ({ args }) => ({ locked: args.locked }),
  'staking.Unlocked': ({ args }) => ({ locked: args.locked }),
};

/** The provider's row after one more event about the account. */
export function foldProvider(row: ProviderRow | undefined, event: ChainEvent, account: Address): ProviderRow {
  const before = row ?? unknownProvider(account);
  return { ...before, ...handleEvent(folds, event, before) };
}

const unknownProvider = (account: Address): ProviderRow => ({
  ...{ account, url: '', speed: 0n, active: false, alphaGwei: 0n, betaGwei: 0n, locked: 0n },
  ...{ level: 0, levelUntil: 0, evidenceId: null, createdAt: null },
});
