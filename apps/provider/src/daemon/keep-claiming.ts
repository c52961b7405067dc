import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEnc } from '@encryptech/base';
import {
  claimCost,
  claimRewards,
  decodingErrors,
  rewardsAbi,
  stakingAbi,
  type ChainClient,
  type ChainWriter,
} from '@encryptech/chain';
import type { Logger } from 'pino';
import { parseEventLogs } from 'viem';
import type { ProviderConfig } from '../config/provider-config.ts';

/** How often the epoch is asked for; what waits is looked at when that changed, and once an hour, since the price of gas moves. */
const LOOK_EVERY_MS = 5_000;
const HOUR_MS = 3_600_000;
const PAUSE_MS = 60_000;
/** Epochs of one transaction: what fits a block with room to spare. */
const MOST_EPOCHS = 100;
const COIN = 10n ** 18n;

export interface ClaimingOptions {
  client: ChainClient;
  writer: ChainWriter;
  claims: ProviderConfig['claims'];
  /** Epochs that were counted for this provider and not paid, kept up to date by `tellEarnings`. */
  unclaimed: ReadonlySet<bigint>;
  log: Logger;
  signal: AbortSignal;
}

/** Wei of ENC for epochs that can be fetched, and what fetching them costs by the configuration’s price of the coin. */
interface Waiting {
  epochs: bigint[];
  due: bigint;
  cost: bigint;
}

/**
 * Fetches this provider’s rewards, share and bonus of ended epochs, whenever what waits is worth `claims.worthTimes` times the gas, until
 * the signal. Each decision is a line in the log with its figures: fetched, would fetch (`dry-run`), waits, or switched off. A claim is an
 * intent: one that a crash cut short is decided before the next.
 */
export async function keepClaiming(options: ClaimingOptions): Promise<void> {
  const { client, claims, unclaimed, log, signal } = options;
  if (claims.mode === 'off') {
    log.info('Rewards are not fetched: the configuration says so (claims.mode is off)');
    return;
  }
  let seen = '';
  let lookedAt = -Infinity;
  let told = '';
  while (!signal.aborted) {
    try {
      const now = `${await epochNow(client)}:${unclaimed.size}`;
      if (now !== seen || performance.now() - lookedAt > HOUR_MS) {
        [seen, lookedAt] = [now, performance.now()];
        const waiting = await lookAtDue(options);
        if (waiting !== undefined) told = await decide(waiting, options, told);
      }
    } catch (error) {
      if (signal.aborted) return;
      seen = '';
      log.warn({ err: error }, 'Rewards could not be fetched for now');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      continue;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const epochNow = ({ public: node, deployment }: ChainClient): Promise<bigint> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.staking, abi: stakingAbi, functionName: 'epoch', blockTag: 'pending' },
    }),
  );

/** The oldest epochs that can be fetched now; undefined when there are none. */
async function lookAtDue({ client, writer, unclaimed }: ClaimingOptions): Promise<Waiting | undefined> {
  const { public: node, deployment } = client;
  const at = { address: deployment.contracts.rewards, abi: rewardsAbi, blockTag: 'pending' } as const;
  const provider = writer.account;
  const oldest = [...unclaimed].sort((a, b) => (a < b ? -1 : 1)).slice(0, MOST_EPOCHS);
  const amounts = await decodingErrors(
    Promise.all(oldest.map((epoch) => node.readContract({ ...at, functionName: 'due', args: [epoch, provider] }))),
  );
  const epochs = oldest.filter((_, i) => amounts[i]! > 0n);
  if (epochs.length === 0) return undefined;
  const cost = await claimCost(client, { sender: writer.account, provider, epochs });
  return { epochs, due: amounts.reduce((sum, one) => sum + one, 0n), cost };
}

/** Does what the configuration says about what waits, and says why; what was said about the same amount is not said again. */
async function decide({ epochs, due, cost }: Waiting, options: ClaimingOptions, told: string): Promise<string> {
  const { writer, claims, log, signal } = options;
  const gasEnc = (cost * claims.encPerCoin) / COIN;
  const isWorth = due >= BigInt(claims.worthTimes) * gasEnc;
  const facts = { epochs: epochs.map(String), due: String(due), gasWei: String(cost), gasEnc: String(gasEnc) };
  const reason =
    `gas costs about ${enc(gasEnc)} at ${enc(claims.encPerCoin)} for a coin; ` +
    `fetched ${isWorth ? 'since' : 'when'} it is worth ${claims.worthTimes} times that`;
  if (isWorth && claims.mode === 'on') {
    const over = new AbortController();
    const ended = once(signal, 'abort', { signal: over.signal }).then(nothing, nothing);
    const mined = await Promise.race([claimRewards(writer, { provider: writer.account, epochs }), ended]);
    over.abort();
    // What is under way when the daemon ends is decided at its next start.
    if (mined === undefined) return told;
    const { logs, gasUsed } = mined;
    const paid = parseEventLogs({ abi: rewardsAbi, eventName: 'Claimed', logs: [...logs], strict: true });
    const share = paid.reduce((sum, { args }) => sum + args.share, 0n);
    const bonus = paid.reduce((sum, { args }) => sum + args.bonus, 0n);
    const amounts = { share: String(share), bonus: String(bonus), gasUsed: String(gasUsed), reason };
    log.info(
      { ...facts, ...amounts },
      `Fetched rewards: share ${enc(share)} + bonus ${enc(bonus)} of ${named(epochs)}`,
    );
    return '';
  }
  const words = isWorth ? 'Would fetch rewards (claims.mode is dry-run)' : 'Rewards wait';
  const line = `${words}: ${enc(due)} of ${named(epochs)}`;
  log[line === told ? 'debug' : 'info']({ ...facts, reason }, line);
  return line;
}

const nothing = (): undefined => undefined;
const enc = (wei: bigint): string => `${formatEnc(wei, 6)} ENC`;
const named = (epochs: readonly bigint[]): string =>
  epochs.length === 1 ? `epoch ${epochs[0]}` : `${epochs.length} epochs, ${epochs[0]} to ${epochs.at(-1)}`;
