import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { appraisalPolicyDigest, verifyEvidence } from '@encryptech/attestation';
import { toHex, type Address } from '@encryptech/base';
import {
  attestationFacts,
  createChainClient,
  createFileIntentStore,
  createIntentSender,
  parseDeployment,
} from '@encryptech/chain';
import { submissionSchema } from '@encryptech/protocol';
import { folderEndorsements, readPassphrase, unlockKeystore } from '@encryptech/sdk/node';
import { pino, type Logger } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { createCapacityRounds } from './capacity/create-capacity-rounds.ts';
import { readVerifierConfig, type VerifierConfigInput } from './config/verifier-config.ts';
import { createDesk } from './desk/create-desk.ts';
import { createLook } from './desk/create-look.ts';
import { createSubjectStore } from './desk/subject-store.ts';
import type { AppraisalContext } from './finding/appraise-submission.ts';
import { openSignedFindings } from './finding/signed-findings.ts';
import { cosignRequestSchema, parseRequest } from './finding/submission.ts';
import { startServer, type Route } from './server/start-server.ts';

const REDACTED = ['secret', 'passphrase', 'privateKey', '*.secret', '*.passphrase', '*.privateKey'];

export interface VerifierDeps {
  /** Standard output as JSON lines if left out. */
  log?: Logger;
  /** Where ENCRYPTECH_PASSPHRASE_FILE is looked up; the process's environment if left out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Verifies evidence of every kind; the package's own if left out. */
  verify?: AppraisalContext['verify'];
}

/** A running verifier. */
export interface Verifier {
  readonly address: Address;
  readonly url: string;
  /** Looks at every known provider once, as it does by itself now and then. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a verifier: it judges evidence of providers under its policy, signs what it finds, collects the signatures of its
 * peers and records findings on chain; it fetches new evidence before a record ends, and records a level that fell at once.
 *
 * `GET /health`, `GET /v1/findings`, `GET /v1/capacity`, `POST /v1/evidence`, `POST /v1/cosign`.
 *
 * @throws `sdk.badConfig`, `sdk.noFile`, `sdk.noPassphrase`, `sdk.portTaken`, `sealing.wrongPassphrase`, `attestation.badPolicy`,
 * `attestation.developmentAnchor`, `chain.unreachable`, `chain.wrongChain`
 *
 * @example
 * const verifier = await startVerifier('.encryptech/verifier/config.json');
 */
export async function startVerifier(
  source: string | VerifierConfigInput,
  { env = process.env, verify = verifyEvidence, ...deps }: VerifierDeps = {},
): Promise<Verifier> {
  const config = await readVerifierConfig(source);
  const log = deps.log ?? pino({ name: `verifier-${config.name}`, level: config.logLevel, redact: REDACTED });
  const passphrase = await readPassphrase(
    {
      passphraseFile: config.passphraseFile,
      passphraseFileOfEnvironment: env['ENCRYPTECH_PASSPHRASE_FILE'],
    },
    config.keystore,
  );
  const secret = await unlockKeystore(config.keystore, { prompt: () => Promise.resolve(passphrase) });
  const account = privateKeyToAccount(toHex(secret));
  secret.fill(0);
  const client = createChainClient({
    rpcUrl: config.network.rpcUrl,
    deployment: parseDeployment(config.network.deployment),
  });
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.reverse()) await one();
  };
  try {
    const intents = createFileIntentStore(join(config.dir, 'intents.jsonl'));
    closing.push(() => intents.close());
    const writer = await createIntentSender({ client, account, store: intents, log });
    closing.push(() => writer.close());
    const signed = await openSignedFindings(join(config.dir, 'signed.jsonl'));
    closing.push(() => signed.close());
    const subjects = createSubjectStore(join(config.dir, 'subjects'));
    const { anchors, policy, peers } = config;
    const endorsements = await folderEndorsements(config.endorsementsDir);
    const desk = createDesk({
      ...{ client, writer, account, peers, signed, subjects, log },
      context: { verify, anchors, policy, endorsements },
    });

    const urls = new Map(config.providers.map(({ subject, url }) => [subject.toLowerCase() as Address, url]));
    const look = createLook({ client, desk, subjects, urls, log });

    const rounds =
      config.capacity === undefined
        ? undefined
        : createCapacityRounds({
            ...{ client, writer, account, providers: config.providers, ...config.capacity },
            ...{ dir: join(config.dir, 'capacity'), log },
          });
    const routes: Record<string, Route> = {
      'GET /v1/capacity': () => Promise.resolve({ json: { records: rounds?.records() ?? [] } }),
      'GET /health': async () => {
        const problems = await client.public.getBlockNumber().then(
          () => [],
          () => ['The chain does not answer.'],
        );
        const json = { status: problems.length === 0 ? 'ok' : 'degraded', problems, address: account.address };
        return {
          status: problems.length === 0 ? 200 : 503,
          json: { ...json, policyDigest: appraisalPolicyDigest(policy) },
        };
      },
      'GET /v1/findings': async () => {
        const all = await subjects.list();
        const facts = await Promise.all(all.map((subject) => attestationFacts(client, subject)));
        return { json: { findings: all.map((subject, i) => ({ subject, ...facts[i] })) } };
      },
      'POST /v1/evidence': async (body) => ({ json: await desk.submit(parseRequest(submissionSchema, body)) }),
      'POST /v1/cosign': async (body) => ({
        json: { signature: await desk.cosign(parseRequest(cosignRequestSchema, body)) },
      }),
    };
    const server = await startServer(config.listen, routes);
    closing.push(() => server.stop());

    const timer = setInterval(() => void look(), config.lookEverySec * 1000);
    closing.push(async () => {
      clearInterval(timer);
      await look.idle();
    });
    const ending = new AbortController();
    const measuring = rounds?.run(ending.signal);
    closing.push(async () => {
      ending.abort();
      await writer.close();
      await measuring;
    });
    log.info({ address: account.address, url: server.url, peers: peers.length }, 'The verifier runs');
    let stopping: Promise<void> | undefined;
    return { address: account.address, url: server.url, look, stop: () => (stopping ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}
