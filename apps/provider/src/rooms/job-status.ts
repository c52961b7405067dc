import type { JobId } from '@encryptech/base';
import type { WireError } from '@encryptech/protocol';

/** What a provider tells anybody about a job of its own; none of it depends on the data. */
export interface JobStatus {
  jobId: JobId;
  attempt: number;
  state:
    | 'preparing'
    /** On chain; the owner's agent has not released the keys yet. */
    | 'waiting-for-keys'
    | 'training'
    | 'delivering'
    | 'delivered'
    | 'failed';
  step: number;
  steps: number;
  /** From the declared batch, not the drawn ones. */
  examplesPerSecond: number;
  epsilonSoFar: number;
  secondsLeft: number | null;
  failure: WireError | null;
}
