import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex, type Address, type Hex } from '@encryptech/base';
import {
  createChainClient,
  createFileIntentStore,
  createIntentSender,
  datasetsAbi,
  parseDeployment,
  type ChainClient,
} from '@encryptech/chain';
import { createHttpBlobStore } from '@encryptech/protocol';
import { createCoordinatorClient } from '@encryptech/sdk/coordinator';
import { folderEndorsements, openWatchState, readPassphrase, unlockKeystore } from '@encryptech/sdk/node';
import { pino, type Logger } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { anchorsOf } from '../config/anchors-of.ts';
import { readOwnerConfig, type OwnerConfigInput } from '../config/owner-config.ts';
import { createDatasetStore } from '../datasets/dataset-store.ts';
import { openReleaseLog } from '../release-log/open-release-log.ts';
import { createReleaseStore } from '../releases/release-store.ts';
import { requireNotDelegated } from '../delegation/delegation-record.ts';
import { keepAnchoring } from './keep-anchoring.ts';
import { keepGranting } from './keep-granting.ts';
import { lockOwner } from './lock-owner.ts';
import { watchOverJobs } from './watch-over-jobs.ts';

/** Nothing logs these; should something ever try, they do not come out. */
const REDACTED = ['secret', 'passphrase', 'privateKey', '*.secret', '*.passphrase', '*.privateKey'];

export interface OwnerDeps {
  /** Standard output as JSON lines if left out. */
  log?: Logger;
  /** Ends the agent as `stop` does. */
  signal?: AbortSignal;
  /** Where ENCRYPTECH_PASSPHRASE_FILE is looked up; the process's environment if left out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Asks a person for the passphrase; nobody if left out. */
  prompt?: (question: string) => Promise<string>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A running owner's agent. */
export interface Owner {
  readonly address: Address;
  /** Resolves when nothing runs any more; running jobs go on without the agent. */
  stop(): Promise<void>;
}

/**
 * Starts an owner's agent: it grants the owner's datasets, and decides for each attempt that starts on one of them whether
 * its enclave gets the keys. It listens to nobody: it connects out only.
 *
 * @throws `sdk.badConfig`, `sdk.noFile`, `sdk.noPassphrase`, `sealing.wrongPassphrase`, `owner.logAltered`,
 * `owner.logTruncated`, `owner.delegated`, `owner.busy`, `attestation.developmentAnchor`, `chain.unreachable`, `chain.wrongChain`
 *
 * @example
 * const owner = await startOwner('.encryptech/owners/hospital/config.json');
 */
export async function startOwner(source: string | OwnerConfigInput, deps: OwnerDeps = {}): Promise<Owner> {
  const { env = process.env, now = Date.now } = deps;
  const config = await readOwnerConfig(source);
  const anchors = anchorsOf(config.network);
  const log = deps.log ?? pino({ name: `owner-${config.name}`, level: config.logLevel, redact: REDACTED });
  const passphrase = await readPassphrase(
    {
      passphraseFile: config.passphraseFile,
      passphraseFileOfEnvironment: env['ENCRYPTECH_PASSPHRASE_FILE'],
      prompt: deps.prompt,
    },
    config.keystore,
  );
  const secret = await unlockKeystore(config.keystore, { prompt: () => Promise.resolve(passphrase) });
  const account = privateKeyToAccount(toHex(secret));
  secret.fill(0);
  const deployment = parseDeployment(config.network.deployment);
  const client = createChainClient({ rpcUrl: config.network.rpcUrl, deployment });

  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  // One at a time decides and writes the log: this agent, or the delegate that it handed the releases to.
  const lock = lockOwner(config.dir);
  const closing: (() => unknown)[] = [() => lock.release()];
  const ending = new AbortController();
  const { signal } = ending;
  try {
    await requireNotDelegated(config.dir);
    const intents = createFileIntentStore(join(config.dir, 'intents.jsonl'));
    closing.push(() => intents.close());
    const writer = await createIntentSender({ client, account, store: intents, log });
    closing.push(() => writer.close());
    const anchored = await anchoredHead(client, account.address);
    const releaseLog = await openReleaseLog(join(config.dir, 'release-log.jsonl'), { now, knownHeads: [anchored] });
    closing.push(() => releaseLog.close());
    const state = await openWatchState(join(config.dir, 'watch.json'), deployment.genesisHash);
    closing.push(() => state.flush());

    const { coordinatorUrl } = config.network;
    const coordinator = createCoordinatorClient({ url: coordinatorUrl, signal });
    const blobs = createHttpBlobStore({ url: `${coordinatorUrl.replace(/\/+$/, '')}/v1/blobs` });
    const domain = { chainId: deployment.chainId, jobs: deployment.contracts.jobs };
    const datasets = createDatasetStore({ folder: join(config.dir, 'datasets'), passphrase });
    const owner = { address: account.address, signer: account };
    const releases = createReleaseStore(join(config.dir, 'releases'));
    const parts = { datasets, client, coordinator, blobs, domain, owner, state, writer, now, log, signal };
    const endorsements = await folderEndorsements(config.endorsementsDir);
    const working = Promise.all([
      keepGranting({ ...parts, grantValidSec: config.grantValidSec }),
      watchOverJobs({
        ...parts,
        release: { owner, domain, kem: config.kem, anchors, endorsements, log: releaseLog, releases, now },
      }),
      keepAnchoring({ ...parts, releaseLog, anchored, everySec: config.anchorLogEverySec }),
    ]);
    working.catch((error: unknown) => log.fatal({ err: error }, 'The agent has failed'));
    log.info(
      { address: account.address, datasets: (await datasets.ids()).length, production: config.production },
      'The owner’s agent runs',
    );

    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      ending.abort();
      await working.catch(() => undefined);
      for (const close of closing.reverse()) await close();
      log.info('The owner’s agent has stopped');
    };
    const agent: Owner = { address: account.address, stop: () => (stopping ??= stop()) };
    deps.signal?.addEventListener('abort', () => void agent.stop(), { once: true });
    return agent;
  } catch (error) {
    ending.abort();
    for (const close of closing.reverse()) await close();
    throw error;
  }
}

const anchoredHead = ({ public: node, deployment }: ChainClient, owner: Address): Promise<Hex> =>
  node.readContract({
    address: deployment.contracts.datasets,
    abi: datasetsAbi,
    functionName: 'logHeadOf',
    args: [owner],
  });
