import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isEncryptechError, type Address, type Json } from '@encryptech/base';
import {
  capacityAbi,
  chainTime,
  decodingErrors,
  providerFacts,
  recordCapacity,
  signCapacityProof,
  type ChainClient,
  type ChainWriter,
} from '@encryptech/chain';
import { writePrivateFile } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import { zeroHash, type LocalAccount } from 'viem';
import { measureProvider, type Measured } from './measure-provider.ts';

/** After a round that did not reach everybody; a provider lets itself be measured every ten seconds at most. */
const FIRST_RETRY_MS = 3_000;
const RETRY_MS = 12_000;
/** Rounds in a row that a provider without a job may miss before its proof is taken back. */
const MOST_MISSES = 2;

export interface CapacityRoundsOptions {
  client: ChainClient;
  writer: ChainWriter;
  account: LocalAccount;
  /** Who is measured; where the chain says unless a URL is given. */
  providers: readonly { subject: Address; url?: string | undefined }[];
  /** Mean time between rounds, and how long a proof holds, in seconds. */
  everySec: number;
  validSec: number;
  /** Where the record of each provider's last measurement is kept. */
  dir: string;
  log: Logger;
}

/** Measures providers, all at the same moment: a machine that stands behind several accounts has to share itself. */
export interface CapacityRounds {
  /** One round; resolves to how many of the active providers have a measurement now. */
  round(): Promise<{ active: number; measured: number }>;
  /** Rounds at moments that nobody can foresee, until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** The records of the last measurements. */
  records(): Json[];
}

export function createCapacityRounds(options: CapacityRoundsOptions): CapacityRounds {
  const { client, writer, account, everySec, validSec, dir, log } = options;
  const { chainId, contracts } = client.deployment;
  const domain = { chainId, capacity: contracts.capacity };
  const last = new Map<Address, Json>();
  const misses = new Map<Address, number>();

  const record = async (proof: { provider: Address; speed: bigint; evidence: `0x${string}`; issuedAt: number }) => {
    const issuedAt = BigInt(proof.issuedAt);
    const signed = { ...proof, issuedAt, expiresAt: issuedAt + BigInt(validSec) };
    const signature = await signCapacityProof(client.deployment, account, signed);
    await recordCapacity(writer, { proof: signed, signature });
  };

  /** A proof of speed 0 takes back what a provider showed that is no longer there. Jobs excuse it: they come first. */
  const missed = async (provider: Address, hasJob: boolean, error: unknown): Promise<void> => {
    const times = hasJob ? 0 : (misses.get(provider) ?? 0) + 1;
    misses.set(provider, times);
    const code = isEncryptechError(error) ? error.code : 'unexpected';
    log.warn({ provider, code, reason: error instanceof Error ? error.message : '', hasJob }, 'Not measured');
    const { speed } = await decodingErrors(
      client.public.readContract({
        ...{ address: contracts.capacity, abi: capacityAbi, functionName: 'proofOf', args: [provider] },
      }),
    );
    if (times < MOST_MISSES || speed === 0n) return;
    await record({ provider, speed: 0n, evidence: zeroHash, issuedAt: await chainTime(client) });
    last.delete(provider);
    log.warn({ provider, times }, 'A capacity is taken back: its provider could not be measured');
  };

  const round = async (): Promise<{ active: number; measured: number }> => {
    const all = await Promise.all(
      options.providers.map(async ({ subject, url }) => {
        const facts = await providerFacts(client, subject);
        return { provider: subject, declared: facts.speed, ...facts, url: url ?? facts.url };
      }),
    );
    const active = all.filter((one) => one.registered && one.active);
    const issuedAt = await chainTime(client);
    const started = await Promise.allSettled(
      active.map((one) => measureProvider(one, { domain, verifier: account, issuedAt })),
    );
    let measured = 0;
    for (const [place, one] of active.entries()) {
      const { provider, lockedStake } = one;
      const outcome = started[place] as PromiseSettledResult<Measured>;
      try {
        if (outcome.status === 'rejected') throw outcome.reason;
        const found = await outcome.value.open();
        await record(found);
        misses.delete(provider);
        last.set(provider, found.record);
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await writePrivateFile(
          join(dir, `${provider.toLowerCase()}.json`),
          `${JSON.stringify(found.record, null, 2)}\n`,
        );
        const { speed, evidence } = found;
        measured += 1;
        log.info(
          { provider, speed: speed.toString(), declared: one.declared.toString(), evidence },
          'Capacity measured',
        );
      } catch (error) {
        if (isEncryptechError(error) && error.code === 'chain.unreachable') throw error;
        await missed(provider, lockedStake > 0n, error);
      }
    }
    return { active: active.length, measured };
  };

  return {
    round,
    records: () => [...last.values()],
    async run(signal) {
      for (let retries = 0; !signal.aborted;) {
        // Between half and one and a half of the mean: nobody can get ready for it.
        let pauseMs = everySec * 1000 * (0.5 + randomBytes(4).readUInt32LE() / 2 ** 32);
        try {
          const { active, measured } = await round();
          if (measured === active && active > 0) retries = 0;
          else {
            const first = measured === 0 ? FIRST_RETRY_MS : RETRY_MS;
            pauseMs = Math.min(pauseMs, first * 2 ** Math.min(retries++, 20));
          }
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ err: error }, 'A round of measurements failed');
          pauseMs = Math.min(pauseMs, RETRY_MS * 2 ** Math.min(retries++, 20));
        }
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
