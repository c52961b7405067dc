import type { Address } from '@encryptech/base';
import type { Deployment } from '../deployment.ts';
import { balanceChanges } from './balance-changes.ts';
import { handleEvent, type ChainEvent, type EventHandlers } from './chain-event.ts';
import type { EventFacts } from './event-facts.ts';

/** A thing whose row follows from the events about it. */
export type Subject = `${'job' | 'dataset' | 'provider' | 'account'}:${string}`;

/** What an event is about. */
export function subjectsOf(event: ChainEvent, facts: EventFacts, deployment: Deployment): Subject[] {
  const accounts = balanceChanges(event, facts, deployment).map(({ account }): Subject => `account:${account}`);
  return [...new Set([...directSubjects(event), ...accounts])];
}

const aboutProviders: EventHandlers<readonly [], Address> = {
  'providers.ProviderSet': ({ args }) => args.provider,
  'providers.ProviderActive': ({ args }) => args.provider,
  'providers.ReputationChanged': ({ args }) => args.provider,
  'attestations.AttestationRecorded': ({ args }) => args.subject,
  'staking.Locked': ({ args }) => args.account,
  'staking.Unlocked': ({ args }) => args.account,
  'staking.Slashed': ({ args }) => args.account,
};

function directSubjects(event: ChainEvent): Subject[] {
  if (event.contract === 'jobs' && 'jobId' in event.args) return [`job:${event.args.jobId}`];
  if (event.contract === 'datasets' && 'datasetId' in event.args) return [`dataset:${event.args.datasetId}`];
  const provider = handleEvent(aboutProviders, event);
  return provider === undefined ? [] : [`provider:${provider}`];
}
