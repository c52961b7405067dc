import type { DatasetId, Hex, JobId } from '@encryptech/base';
import {
  hashOrder,
  signCheckpoint,
  signGrant,
  signKeyRelease,
  signOffer,
  signOrder,
  signReceipt,
  type JobOrder,
  type KeyRelease,
} from '@encryptech/protocol';
import { zeroAddress, zeroHash, type HDAccount } from 'viem';
import { chainTime } from '../src/client/chain-time.ts';
import type { ChainWriter } from '../src/client/chain-writer.ts';
import { checkpoint } from '../src/write/checkpoint.ts';
import { deliver } from '../src/write/deliver.ts';
import { deposit } from '../src/write/deposit.ts';
import { matchBatch, type BatchOutcome, type Match } from '../src/write/match-batch.ts';
import { registerDataset } from '../src/write/register-dataset.ts';
import { registerProvider } from '../src/write/register-provider.ts';
import { settle } from '../src/write/settle.ts';
import { stake } from '../src/write/stake.ts';
import { start } from '../src/write/start.ts';
import type { TestNetwork } from './start-network.ts';

const ENC = 10n ** 18n;
export const digest = (byte: string): Hex => `0x${byte.repeat(32)}`;
/** 100,000 micro-RDP in each of the 16 lanes. */
export const CHARGE = 0x000186a0000186a0000186a0000186a0000186a0000186a0000186a0000186a0n;

/** A developer with 1,000 ENC deposited, a provider with 2,000 ENC staked, an owner with a dataset of ε = 3 at δ = 10^-5. */
export interface Market {
  people: Record<'developer' | 'provider' | 'owner' | 'enclave' | 'matcher', HDAccount>;
  writers: Record<'developer' | 'provider' | 'owner' | 'matcher', ChainWriter>;
  datasetId: DatasetId;
  /** 1,000 units at 0.1 ENC in 400 steps; a fee of 20 ENC for the data. */
  newMatch(nonce: bigint, change?: Partial<JobOrder>): Promise<Match>;
  jobOf(match: Match): JobId;
  propose(...matches: Match[]): Promise<BatchOutcome>;
  start(match: Match, attempt?: number): Promise<unknown>;
  checkpoint(match: Match, step: number, attempt?: number): Promise<unknown>;
  deliver(match: Match, attempt?: number): Promise<unknown>;
  settle(match: Match): Promise<unknown>;
}

export async function openMarket(net: TestNetwork): Promise<Market> {
  const { keys } = net.chain;
  const people = {
    ...{ developer: keys.user(0), provider: keys.user(1), owner: keys.user(2), enclave: keys.user(3) },
    matcher: keys.named('matcher'),
  };
  const writers = {
    ...{ developer: net.writer(people.developer), provider: net.writer(people.provider) },
    ...{ owner: net.writer(people.owner), matcher: net.writer(people.matcher) },
  };
  await net.give(people.developer.address, 5_000n * ENC);
  await net.give(people.provider.address, 5_000n * ENC);
  await deposit(writers.developer, { amount: 1_000n * ENC, key: 'deposit' });
  await stake(writers.provider, { pool: 'provide', amount: 2_000n * ENC, key: 'stake' });
  await registerProvider(writers.provider, { url: 'https://provider.example', speed: 1_000_000n });
  const { datasetId } = await registerDataset(writers.owner, {
    ...{ digest: digest('d1'), schemaDigest: digest('d2'), manifestDigest: digest('d3'), policyDigest: digest('d4') },
    ...{ epsilonCapMicro: 3_000_000, deltaExponent: 5, fee: 20n * ENC, minLevel: 0, unit: digest('05') },
  });
  await net.chain.finishSetup();

  const domain = { chainId: net.deployment.chainId, jobs: net.deployment.contracts.jobs };
  const jobOf = (match: Match): JobId => hashOrder(match.order, domain);
  const releaseOf = (match: Match, attempt: number): KeyRelease => ({
    ...{ jobId: jobOf(match), attempt, enclaveKey: people.enclave.address, evidenceId: digest('e1') },
    ...{ policyDigest: digest('d4'), logHead: zeroHash },
  });
  const withRelease = async (match: Match, attempt: number) => ({
    release: releaseOf(match, attempt),
    ownerSig: await signKeyRelease(releaseOf(match, attempt), domain, people.owner),
  });

  return {
    ...{ people, writers, datasetId, jobOf },
    async newMatch(nonce, change = {}) {
      const expiresAt = BigInt((await chainTime(net.client)) + 86_400);
      const order: JobOrder = {
        ...{ developer: people.developer.address, datasetId, graphDigest: digest('a1'), specDigest: digest('a2') },
        ...{ resultKey: digest('a3'), units: 1_000_000_000n, steps: 400, durationSec: 600, maxRate: ENC / 5n },
        ...{ maxDatasetFee: 25n * ENC, minLevel: 0, kind: 0, minReputationBps: 0, minSpeed: 0n },
        ...{ rdpLow: CHARGE, rdpHigh: CHARGE, nonce, expiresAt, ...change },
      };
      const offer = {
        ...{ provider: people.provider.address, ask: ENC / 20n, maxUnits: 10_000_000_000n, maxDurationSec: 3_600 },
        ...{ nonce: 1n, expiresAt },
      };
      const grant = {
        ...{ datasetId, developer: zeroAddress, fee: 20n * ENC, minLevel: 0, policyDigest: digest('d4') },
        ...{ nonce: 1n, expiresAt },
      };
      return {
        ...{ order, orderSig: await signOrder(order, domain, people.developer) },
        ...{ offer, offerSig: await signOffer(offer, domain, people.provider) },
        ...{ grant, grantSig: await signGrant(grant, domain, people.owner), rate: ENC / 10n },
      };
    },
    propose: (...matches) => matchBatch(writers.matcher, { matches, key: `match${Math.random()}` }),
    start: (match, attempt = 1) =>
      start(writers.provider, {
        ...{ jobId: jobOf(match), attempt, enclaveKey: people.enclave.address, evidenceId: digest('e1') },
      }),
    checkpoint: async (match, step, attempt = 1) => {
      const progress = { jobId: jobOf(match), attempt, step, digest: digest('c1') };
      const enclaveSig = await signCheckpoint(progress, domain, people.enclave);
      return checkpoint(writers.provider, { checkpoint: progress, enclaveSig, ...(await withRelease(match, attempt)) });
    },
    deliver: async (match, attempt = 1) => {
      const receipt = {
        ...{ jobId: jobOf(match), attempt, steps: match.order.steps, resultDigest: digest('b1') },
        ...{ certificateDigest: digest('b2'), rdpLow: CHARGE / 2n, rdpHigh: CHARGE / 2n },
      };
      const enclaveSig = await signReceipt(receipt, domain, people.enclave);
      const { order } = match;
      return deliver(writers.provider, { order, receipt, enclaveSig, ...(await withRelease(match, attempt)) });
    },
    settle: (match) => settle(writers.matcher, { jobId: jobOf(match) }),
  };
}
