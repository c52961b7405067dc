import type { ChainKeys } from '../embedded/chain-keys.ts';
import type { DeployConfig } from './deploy-config.ts';

/**
 * The configuration of an embedded chain: named keys hold the roles without delay, and windows are short enough to watch
 * a job from order to payment.
 */
export function embeddedDeployConfig(keys: ChainKeys): DeployConfig {
  const team = keys.named('team').address;
  return {
    team,
    parameters: team,
    treasurer: keys.named('treasurer').address,
    guardian: keys.named('guardian').address,
    verifiers: [keys.named('verifier').address],
    matchers: [keys.named('matcher').address],
    delays: { admin: 0, team: 0, parameters: 0, treasurer: 0 },
    staking: { epochLengthSec: 60, unbondingPeriodSec: 86_400 },
    jobs: {
      ...{ startWindow: 60, contestWindow0: 8, contestWindow1: 8, contestWindow2: 5, contestWindow3: 5 },
      ...{ feeBps: 500, stakeRatioBps: 5_000 },
    },
  };
}
