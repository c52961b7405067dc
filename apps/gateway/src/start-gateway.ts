import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toHex } from '@encryptech/base';
import {
  chainTime,
  createChainClient,
  createFileIntentStore,
  createIntentSender,
  parseDeployment,
  type Log,
} from '@encryptech/chain';
import { readConfig, readNetworkFile, unlockKeystore } from '@encryptech/sdk/node';
import { pino } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { gatewayConfigSchema, type GatewayConfig } from './config.ts';
import { handleRequest } from './http/handle-request.ts';
import { startServer } from './http/start-server.ts';
import { keepCrediting } from './keep-crediting.ts';
import { createCreditChain } from './payments/credit-chain.ts';
import { createCrediting } from './payments/create-crediting.ts';
import { openPaymentStore } from './payments/open-payment-store.ts';
import { readSecrets } from './stripe/read-secrets.ts';

export interface GatewayDeps {
  /** `ENCRYPTECH_PASSPHRASE_FILE` names the passphrase's file. */
  env?: Readonly<Record<string, string | undefined>>;
  log?: Log;
  /** Seconds since 1970 by this machine's clock, against which signatures are held. */
  nowSec?: () => number;
}

export interface Gateway {
  readonly url: string;
  /** Stops; what is under way on the chain is looked after at the next start. */
  stop(): Promise<void>;
}

/**
 * Starts a fiat gateway: takes the processor's signed webhooks, writes the payments down, and credits each once.
 * It can be killed at any point: nothing is lost, nothing is credited twice.
 *
 * @throws `sdk.badConfig` `sdk.noFile` `gateway.badSecret` `gateway.storeFailed` `sdk.portTaken` `chain.unreachable`
 * `chain.wrongChain`, and what unlocking the key store throws
 */
export async function startGateway(
  source: string | object,
  { env = {}, log = defaultLog(), nowSec = () => Math.floor(Date.now() / 1000) }: GatewayDeps = {},
): Promise<Gateway> {
  const { config, base } = await readConfig(gatewayConfigSchema, source, 'gateway configuration');
  const { dir, networkFile, keystore, passphraseFile, secretsFile, listen, retryMs, pollMs } = withPaths(config, base);
  const network = await readNetworkFile(networkFile);
  const secrets = await readSecrets(secretsFile, network.profile);
  const polling = pollMs === undefined ? {} : { pollMs };
  const deployment = parseDeployment(network.deployment);
  const client = createChainClient({ rpcUrl: network.rpcUrl, deployment, ...polling });
  const secret = await unlockKeystore(keystore, {
    passphraseFile,
    passphraseFileOfEnvironment: env['ENCRYPTECH_PASSPHRASE_FILE'],
  });
  const account = privateKeyToAccount(toHex(secret));

  await mkdir(dir, { recursive: true, mode: 0o700 });
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.warn({ error: String(error) }, 'Something was not closed'));
    }
  };
  try {
    // The file of intents is locked: a second gateway in this folder stops here, before it touches the payments.
    const intents = createFileIntentStore(join(dir, 'intents.jsonl'));
    closers.push(() => intents.close());
    const store = await openPaymentStore(join(dir, 'payments.jsonl'));
    closers.push(() => store.close());
    const sender = await createIntentSender({ client, account, store: intents, log });
    const chain = createCreditChain({ client, writer: sender });
    const crediting = createCrediting({ store, chain, chainTimeSec: () => chainTime(client), log });
    const keeper = keepCrediting(crediting, { retryMs, log });
    closers.push(() => keeper.stop());
    // Ends the waiting of a round that runs, so it must come before the keeper's stop.
    closers.push(() => sender.close());

    const problems = () => [keeper.problem()].filter((problem) => problem !== undefined);
    const deps = { store, secrets, profile: network.profile, nowSec, onTaken: keeper.wake, problems, log };
    const server = await startServer((request, response) => void handleRequest(deps, request, response), listen);
    closers.push(() => server.stop());
    log.info({ url: server.url, processor: account.address }, 'The gateway serves');
    let stopped: Promise<void> | undefined;
    return { url: server.url, stop: () => (stopped ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The configuration with absolute paths. */
function withPaths(config: GatewayConfig, base: string): GatewayConfig {
  const at = (path: string): string => resolve(base, path);
  const { dir, networkFile, keystore, passphraseFile, secretsFile } = config;
  return {
    ...config,
    ...{ dir: at(dir), networkFile: at(networkFile), keystore: at(keystore), secretsFile: at(secretsFile) },
    passphraseFile: passphraseFile === undefined ? undefined : at(passphraseFile),
  };
}

const defaultLog = (): Log => pino({ name: 'gateway', redact: ['secret', 'privateKey', 'passphrase'] });
