import { isAddressEqual, type LocalAccount } from 'viem';
import type { Hex } from '@encryptech/base';
import { accessManagerAbi, chainTime, decodingErrors, ROLES, type ChainClient } from '@encryptech/chain';
import {
  capacityChallengeSchema,
  challengeSigner,
  runBenchmark,
  signCapacityAnswer,
  type CapacityAnswer,
  type CapacityDomain,
  type Multiply,
} from '@encryptech/protocol/capacity';
import type { Logger } from 'pino';
import { providerError } from '../errors.ts';

/** A challenge of another second than about now is an old one, said again. */
const WINDOW_SEC = 120;
/** From one measurement to the next: verifiers may measure, nobody may keep a machine from its work with that. */
const LEAST_PAUSE_MS = 10_000;

export interface CapacityDeskOptions {
  client: ChainClient;
  account: LocalAccount;
  /** The engine, opened at the first measurement. */
  openMultiplier: () => Promise<{ multiply: Multiply; close: () => Promise<void> }>;
  /** True while a job runs or waits to run: jobs come first. */
  isBusy: () => boolean;
  now: () => number;
  log: Logger;
}

/** Lets itself be measured by verifiers. */
export interface CapacityDesk {
  /**
   * The commitment to the products that a verifier asks for; resolves when they are computed.
   *
   * @throws `provider.badChallenge` `provider.notVerifier` `provider.busy`
   */
  measure(body: unknown): Promise<CapacityAnswer>;
  /**
   * The digests of all rows behind a commitment of the last measurement.
   *
   * @throws `provider.badChallenge`
   */
  open(body: unknown): Promise<{ digests: string }>;
  close(): Promise<void>;
}

export function createCapacityDesk(options: CapacityDeskOptions): CapacityDesk {
  const { client, account, openMultiplier, isBusy, now, log } = options;
  const { chainId, contracts } = client.deployment;
  const domain: CapacityDomain = { chainId, capacity: contracts.capacity };
  let engine: ReturnType<typeof openMultiplier> | undefined;
  let last: { seed: Hex; digests: Uint8Array } | undefined;
  let isMeasuring = false;
  let notBefore = 0;

  const isVerifier = async (signer: `0x${string}`): Promise<boolean> => {
    const args = [ROLES.verifier, signer] as const;
    const [holds] = await decodingErrors(
      client.public.readContract({
        ...{ address: contracts.accessManager, abi: accessManagerAbi, functionName: 'hasRole', args },
      }),
    );
    return holds;
  };

  return {
    async measure(body) {
      const parsed = capacityChallengeSchema.safeParse(body);
      if (!parsed.success) throw badChallenge(parsed.error.issues[0]?.message ?? 'It is not of its form.');
      const challenge = parsed.data;
      if (!isAddressEqual(challenge.provider, account.address)) throw badChallenge('It is for another provider.');
      if (isBusy() || isMeasuring || now() < notBefore) throw busy();
      isMeasuring = true;
      try {
        if (Math.abs((await chainTime(client)) - challenge.issuedAt) > WINDOW_SEC) throw badChallenge('It is old.');
        const signer = await challengeSigner(challenge, domain).catch(() => undefined);
        if (signer === undefined || !(await isVerifier(signer))) throw notVerifier();
        engine ??= openMultiplier();
        const { multiply } = await engine;
        const began = now();
        const { commitment, digests } = await runBenchmark(challenge, multiply);
        const { seed, products } = challenge;
        last = { seed, digests };
        notBefore = now() + LEAST_PAUSE_MS;
        log.info({ verifier: signer, products, ms: now() - began }, 'A verifier measures this machine');
        const answer = { provider: account.address, seed, commitment };
        return { commitment, signature: await signCapacityAnswer(answer, domain, account) };
      } finally {
        isMeasuring = false;
      }
    },
    open(body) {
      const seed = (body as { seed?: unknown } | null)?.seed;
      if (last === undefined || seed !== last.seed) {
        return Promise.reject(badChallenge('Nothing was measured for this seed, or something else was since.'));
      }
      return Promise.resolve({ digests: Buffer.from(last.digests).toString('base64') });
    },
    close: async () => (await engine?.catch(() => undefined))?.close(),
  };
}

const badChallenge = (why: string) =>
  providerError({ code: 'provider.badChallenge', message: `The challenge can't be taken. ${why}` });
const notVerifier = () =>
  providerError({
    code: 'provider.notVerifier',
    message: 'The challenge is not signed by a verifier of this network.',
  });
const busy = () =>
  providerError({
    code: 'provider.busy',
    message: 'The machine works on a job, or was measured a moment ago.',
    hint: 'Ask again later: jobs come first.',
    retry: 'later',
  });
