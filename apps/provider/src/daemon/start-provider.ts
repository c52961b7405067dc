import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSoftwareAttester } from '@encryptech/attestation';
import { toHex, type Address } from '@encryptech/base';
import { createChainClient, parseDeployment } from '@encryptech/chain';
import { createFileIntentStore, createIntentSender } from '@encryptech/chain';
import { createHttpBlobStore } from '@encryptech/protocol';
import { createCoordinatorClient } from '@encryptech/sdk/coordinator';
import { openWatchState, unlockKeystore } from '@encryptech/sdk/node';
import { pino, type Logger } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { createCapacityDesk } from '../capacity/create-capacity-desk.ts';
import { createMultiplier } from '../capacity/create-multiplier.ts';
import { answerHeartbeats } from '../heartbeats/answer-heartbeats.ts';
import { readProviderConfig, type ProviderConfigInput } from '../config/provider-config.ts';
import { createEvidenceDesk } from '../evidence/create-evidence-desk.ts';
import { createJobBoard } from '../rooms/job-board.ts';
import { createMetrics } from '../server/metrics.ts';
import { startServer } from '../server/start-server.ts';
import { openKeylessAttempts } from '../jobs/keyless-attempts.ts';
import { checkStanding } from './check-standing.ts';
import { contestFaults } from './contest-faults.ts';
import { keepAskPosted } from './keep-ask-posted.ts';
import { keepClaiming } from './keep-claiming.ts';
import { keepOffering } from './keep-offering.ts';
import { openAttester } from './open-attester.ts';
import { keepTellingEarnings } from './tell-earnings.ts';
import { workOnJobs } from './work-on-jobs.ts';

/** Nothing logs these; should something ever try, they do not come out. */
const REDACTED = ['secret', 'passphrase', 'privateKey', '*.secret', '*.passphrase', '*.privateKey'];

export interface ProviderDeps {
  /** Standard output as JSON lines if left out. */
  log?: Logger;
  /** Ends the daemon as `stop` does. */
  signal?: AbortSignal;
  /** Where ENCRYPTECH_PASSPHRASE_FILE is looked up; the process's environment if left out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Asks a person for the passphrase; nobody if left out. */
  prompt?: (question: string) => Promise<string>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A running provider. */
export interface Provider {
  /** Where it listens. */
  readonly url: string;
  readonly address: Address;
  /** Cancels the offers, ends the workers (whose jobs are lost) and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/**
 * Starts a provider: offers its machine, and runs each job that is matched to it in an enclave worker.
 *
 * @throws `sdk.badConfig`, `sdk.noFile`, `sdk.noPassphrase`, `sdk.portTaken`, `sealing.wrongPassphrase`, `provider.notRegistered`,
 * `provider.notStaked`, `provider.noAttester`, `chain.unreachable`, `chain.wrongChain`
 *
 * @example
 * const provider = await startProvider('.encryptech/providers/alpha/config.json');
 */
export async function startProvider(source: string | ProviderConfigInput, deps: ProviderDeps = {}): Promise<Provider> {
  const { env = process.env, now = Date.now } = deps;
  const config = await readProviderConfig(source);
  const log = deps.log ?? pino({ name: `provider-${config.name}`, level: config.logLevel, redact: REDACTED });
  const secret = await unlockKeystore(config.keystore, {
    passphraseFile: config.passphraseFile,
    passphraseFileOfEnvironment: env['ENCRYPTECH_PASSPHRASE_FILE'],
    prompt: deps.prompt,
  });
  const account = privateKeyToAccount(toHex(secret));
  secret.fill(0);
  const attester = await openAttester(config);
  const deployment = parseDeployment(config.network.deployment);
  const client = createChainClient({ rpcUrl: config.network.rpcUrl, deployment });
  await checkStanding(client, account.address, config.publicUrl);

  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const closing: (() => unknown)[] = [];
  const ending = new AbortController();
  const { signal } = ending;
  try {
    const intents = createFileIntentStore(join(config.dir, 'intents.jsonl'));
    closing.push(() => intents.close());
    const writer = await createIntentSender({ client, account, store: intents, log });
    closing.push(() => writer.close());
    // A start that a crash cut short must be decided before its job is looked at.
    await writer.recovered;
    const state = await openWatchState(join(config.dir, 'watch.json'), deployment.genesisHash);
    closing.push(() => state.flush());
    const told = await openWatchState(join(config.dir, 'earnings.json'), deployment.genesisHash);
    closing.push(() => told.flush());
    const unclaimed = new Set<bigint>();
    const keyless = await openKeylessAttempts(join(config.dir, 'keyless.json'));
    const board = createJobBoard();
    const metrics = createMetrics();
    const problems = new Set<string>();
    const capacity = createCapacityDesk({
      ...{ client, account, now, log },
      openMultiplier: () => createMultiplier(config.threads),
      isBusy: () => state.jobs.size > 0,
    });
    closing.push(() => capacity.close());
    const server = await startServer({
      ...{ ...config.listen, capacity },
      evidence: createEvidenceDesk({
        ...{ client, now, account: account.address, signer: account },
        attester: createSoftwareAttester(attester),
      }),
      board,
      metrics: metrics.registry,
      problems: () => [...problems],
    });
    closing.push(() => server.stop());

    const { coordinatorUrl } = config.network;
    const coordinator = createCoordinatorClient({ url: coordinatorUrl, signal });
    const blobs = createHttpBlobStore({ url: `${coordinatorUrl.replace(/\/+$/, '')}/v1/blobs` });
    const domain = { chainId: deployment.chainId, jobs: deployment.contracts.jobs };
    const parts = {
      config,
      coordinator,
      blobs,
      writer,
      client,
      domain,
      attester,
      board,
      state,
      keyless,
      metrics,
      now,
      log,
      signal,
    };
    const working = Promise.all([
      keepOffering({
        ...parts,
        signer: account,
        onStanding: (standing) => (standing ? problems.delete('no offer stands') : problems.add('no offer stands')),
      }),
      workOnJobs({ ...parts, account: account.address, workDir: join(config.dir, 'work') }),
      keepAskPosted({ client, writer, ask: config.ask, log, signal }),
      contestFaults({ client, writer, blobs, keyless, log, signal }),
      keepTellingEarnings({ client, account: account.address, state: told, unclaimed, log, signal }),
      keepClaiming({ client, writer, claims: config.claims, unclaimed, log, signal }),
      answerHeartbeats({
        ...{ coordinatorUrl, account, log, signal },
        domain: { chainId: deployment.chainId, capacity: deployment.contracts.capacity },
      }),
    ]);
    working.catch((error: unknown) => {
      problems.add('the daemon has failed');
      log.fatal({ err: error }, 'The daemon has failed');
    });
    log.info(
      { address: account.address, url: server.url, measurement: toHex(attester.measurement), securityLevel: 0 },
      'The provider runs',
    );

    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      ending.abort();
      await working.catch(() => undefined);
      for (const close of closing.reverse()) await close();
      log.info('The provider has stopped');
    };
    const provider: Provider = { url: server.url, address: account.address, stop: () => (stopping ??= stop()) };
    deps.signal?.addEventListener('abort', () => void provider.stop(), { once: true });
    return provider;
  } catch (error) {
    ending.abort();
    for (const close of closing.reverse()) await close();
    throw error;
  }
}
