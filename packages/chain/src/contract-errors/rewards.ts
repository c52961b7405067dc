import { BOUNDS_HINT, NOT_FOR_USERS, SIGN_AGAIN, type ContractErrorFacts } from './facts.ts';

/** Errors of emission, rewards, capacity, entitlements and vesting. */
export const rewardErrors = {
  EmissionsWrongEpoch: { message: 'The epoch is not over, or its emission was allotted already.' },
  EmissionsTooMuch: { message: 'More would be created than the epoch’s emission allows.', hint: NOT_FOR_USERS },
  EmissionsBadParameter: { message: 'The emission can be lowered, never raised above its curve.', hint: BOUNDS_HINT },
  RewardsTooEarly: { message: 'The first epoch has not ended.', retry: 'later' },
  RewardsNotOpen: {
    message: 'Rewards of that epoch can not be claimed yet.',
    hint: 'An epoch is counted in the next one and paid from the one after.',
    retry: 'later',
  },
  RewardsNothingDue: {
    message: 'Nothing is due to the provider for that epoch.',
    hint: '`encryptech rewards show` lists what was earned, epoch by epoch.',
  },
  RewardsBadParameter: { message: 'A parameter of the rewards lies outside its bounds.', hint: BOUNDS_HINT },
  RewardsTooSoon: { message: 'The parameters changed in the epoch before.', hint: 'Wait an epoch.', retry: 'later' },
  CapacityBadTimes: { message: 'The measurement lies in the future, is over, or holds too long.' },
  CapacitySuperseded: { message: 'A measurement as new as this one is on record.' },
  CapacityUnknownVerifier: {
    message: 'The measurement is not signed by a verifier in standing: registered, bonded, not ejected.',
    hint: SIGN_AGAIN,
  },
  CapacityUnknownProvider: { message: 'The provider has not registered.', hint: 'Register it first.' },
  CapacityNotMonitor: { message: 'Only a coordinator or a verifier in standing posts the heartbeats of others.' },
  CapacityWrongEpoch: { message: 'Heartbeats are taken for the running epoch and the one before.' },
  CapacityBadBeats: { message: 'The heartbeats name a time that has not come.' },
  CapacityBadParameter: { message: 'The number of slots in an epoch lies outside its bounds.' },
  EntitlementExceeded: {
    message: 'The account has less reserved computing left in this epoch.',
    hint: 'Stake more in the pool "reserve", wait for the next epoch, or order on the market.',
    retry: 'later',
  },
  VestingBadGrants: { message: 'The founders’ grants do not add up to what lies in their contract.' },
  VestingUnknownGrant: { message: 'There is no such grant.' },
  VestingNothingDue: { message: 'Nothing has vested that was not released.', retry: 'later' },
  VestingBadAccount: { message: 'The new account is empty, or a beneficiary already.' },
  VestingNoRecovery: { message: 'No replacement of a key waits for this grant.' },
  VestingTooEarly: { message: 'The replacement’s time has not come.', retry: 'later' },
  VestingNotAllowed: { message: 'Only the beneficiary or the team may object.' },
} as const satisfies Record<string, ContractErrorFacts>;
