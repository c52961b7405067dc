/** States of a job, in the order of the contract's enum. */
export const JOB_STATES = [
  'None',
  'Matched',
  'Started',
  'Delivered',
  'Settled',
  'Expired',
  'Cancelled',
  'Faulted',
] as const;

export type JobState = (typeof JOB_STATES)[number];
