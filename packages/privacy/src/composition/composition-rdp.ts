import type { Adjacency } from '../adjacency.ts';
import { laplaceRdp } from '../rdp/laplace-rdp.ts';
import { randomisedResponseRdp } from '../rdp/randomised-response-rdp.ts';
import { RDP_ORDERS } from '../rdp/rdp-orders.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import type { MechanismSteps } from './mechanism-steps.ts';

/** The Rényi divergences of all parts together at the orders that the accountant `rdp` tries. */
export const compositionRdp = (
  parts: readonly MechanismSteps[],
  adjacency: Adjacency,
): { order: number; rdp: number }[] =>
  RDP_ORDERS.map((order) => ({ order, rdp: parts.reduce((sum, part) => sum + partRdp(part, adjacency, order), 0) }));

function partRdp(part: MechanismSteps, adjacency: Adjacency, order: number): number {
  switch (part.mechanism) {
    case 'laplace':
      return part.steps * laplaceRdp((adjacency === 'replace-one' ? 2 : 1) / part.scale, order);
    case 'randomised-response':
      return part.steps * randomisedResponseRdp(part.epsilon, part.categories, order);
    case 'gaussian':
      return rdpOf({ ...part, q: 1, adjacency, order });
    case 'sampled-gaussian':
      return rdpOf({ ...part, adjacency, order });
  }
}
