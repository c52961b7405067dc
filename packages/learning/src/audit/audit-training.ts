import { createPlan } from '@encryptech/privacy';
import { learningError } from '../errors.ts';
import type { TrainPrivatelyOptions } from '../training/train-privately.ts';
import { auditByGradient } from './audit-by-gradient.ts';
import { auditByLoss } from './audit-by-loss.ts';
import { auditSecrets } from './audit-secrets.ts';
import { judgeCanaries } from './judge-canaries.ts';
import type { Attack, TrainingAudit } from './training-audit.ts';

export interface AuditTrainingOptions extends Pick<
  TrainPrivatelyOptions,
  'job' | 'table' | 'engine' | 'onProgress' | 'signal' | 'now'
> {
  /** 32 secret random bytes for this audit alone: coins, batches and noise grow from it. */
  root: Uint8Array;
  attack: Attack;
  /** Examples whose presence is settled by a coin each. More of them show more. */
  canaries: number;
  /** The chance, at most, that a run which keeps its promise is refuted, or a bound wrong. 0.05 is usual. */
  significance: number;
}

const FEWEST = 20;
const MOST = 100_000;

/**
 * Trains once by the job, through the same code as any other training, on rows of which some are settled by coins, guesses the
 * coins from what is released, and says what that proves about epsilon: a lower bound, against the plan's upper one.
 *
 * `consistent` is no proof of privacy: it says that this attack on this run found no more than the plan allows. `refuted` is
 * proof, with the stated confidence, that the plan's promise is broken.
 *
 * The trained model is discarded. Findings follow from private rows and are for their owner; nothing of them is charged.
 *
 * Sources: Steinke, Nasr, Jagielski 2023, arXiv 2305.08846; Mahloujifar, Melis, Chaudhuri 2024, arXiv 2410.22235.
 *
 * @throws `learning.badJob` for fewer than 20 canaries or more than there are units (by losses); what `trainPrivately` throws
 */
export async function auditTraining(options: AuditTrainingOptions): Promise<TrainingAudit> {
  const { job, table, root, attack, canaries, significance, ...rest } = options;
  const plan = createPlan(job.plan);
  const most = attack === 'loss' ? Math.min(MOST, table.units.length) : MOST;
  if (!Number.isSafeInteger(canaries) || canaries < FEWEST || canaries > most) {
    throw learningError({
      code: 'learning.badJob',
      message: `An audit takes from ${FEWEST} to ${most} canaries here, not ${canaries}.`,
      place: 'canaries',
      hint: attack === 'loss' ? 'By losses there are no more canaries than units.' : 'Some thousand show most.',
    });
  }
  if (attack === 'loss' && plan.adjacency === 'replace-one') {
    throw learningError({
      code: 'learning.badJob',
      message: 'Held-out rows say nothing of a promise about rows that are replaced.',
      place: 'attack',
      hint: 'Audit by gradients, or plan with add-or-remove-one.',
    });
  }
  const secrets = await auditSecrets(root, canaries, table.units.length);
  const coins = secrets.coins;
  const shared = { ...rest, job, table, coins, root: secrets.root };
  const scores =
    attack === 'gradient'
      ? await auditByGradient({ ...shared, plan })
      : await auditByLoss({ ...shared, chosen: secrets.order });
  return judgeCanaries(plan, attack, { scores, included: coins }, significance);
}
