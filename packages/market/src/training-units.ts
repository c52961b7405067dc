import { trainingWork, type MeasuredGraph, type TrainingSize } from './training-work.ts';
import { DEFAULT_KAPPA, workUnits, type Kappa } from './work-units.ts';

/**
 * The micro-units that an order for this training must name: developer, coordinator, owner and enclave all compute them
 * from the graph and the spec, and refuse an order that says otherwise.
 *
 * @throws `market.badParameter`
 */
export const trainingUnits = (job: MeasuredGraph & TrainingSize & { kappa?: Kappa }): bigint =>
  workUnits({ ...trainingWork(job, job), kappa: job.kappa ?? DEFAULT_KAPPA });
