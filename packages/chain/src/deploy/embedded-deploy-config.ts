import type { ChainKeys } from '../embedded/chain-keys.ts';
import type { DeployConfig } from './deploy-config.ts';

const ENC = 10n ** 18n;

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
    processors: [keys.named('processor').address],
    delays: { admin: 0, team: 0, parameters: 0, treasurer: 0 },
    staking: { epochLengthSec: 60, unbondingPeriodSec: 86_400 },
    // A day that every clock has behind it; the cliff is a year later.
    founders: {
      startSec: 1_767_225_600,
      grants: [{ account: keys.named('founders').address, amount: 100_000_000n * ENC }],
    },
    attestations: { leastBond: 1_000n * ENC },
    capacity: { slots: 6 },
    jobs: {
      ...{ startWindow: 60, contestWindow0: 8, contestWindow1: 8, contestWindow2: 5, contestWindow3: 5 },
      ...{ feeBps: 500, stakeRatioBps: 5_000 },
    },
    rewards: {
      ...{ capacityRate: ENC / 1_000n, referenceRate: ENC / 10n, stakeCapBps: 10_000 },
      ...{ levelBps1: 12_500, levelBps2: 16_000, levelBps3: 20_000 },
    },
    faults: {
      ...{ reportWindow: 600, contestWindow: 20, bond: ENC },
      ...{ lateBps: 100, lateMaxBps: 500, unavailableBps: 50, notServedBps: 500, attestationBps: 1_000 },
      ...{ wrongResultBps: 5_000, privacyBps: 7_500, twoResultsBps: 10_000 },
      ...{ reporterBps: 2_000, injuredBps: 5_000, mostAbsentBps: 5_000, auditQuorum: 1, toleranceMicro: 1_000n },
    },
    auditors: [keys.named('auditor').address],
    vouchers: { disputeWindow: 20, feeBps: 500 },
    encUsdFeed: {
      reporters: [keys.named('reporterA').address, keys.named('reporterB').address],
      ...{ minAnswer: 10_000n, maxAnswer: 1_000_000_000n, spreadBps: 300, maxAgeSec: 7_200, quorum: 2 },
    },
    stablecoinDesk: { dailyEncLimit: 100_000n * ENC, minEncOut: ENC / 1_000n, feeBps: 50 },
    fiatGateway: { dailyUsdE6: 10_000_000_000n, paymentUsdE6: 1_000_000_000n, maxAgeSec: 604_800, feeBps: 100 },
    versions: { delaySec: 86_400 },
  };
}
