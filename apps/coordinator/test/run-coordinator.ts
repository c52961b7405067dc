import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, type Log } from '@encryptech/chain';
import { fromHex, toHex } from '@encryptech/base';
import { createHttpBlobStore, type BlobStore } from '@encryptech/protocol';
import { encryptKeystore } from '@encryptech/sealing';
import { createCoordinatorClient, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import type { z } from 'zod';
import { startCoordinator, type Coordinator, type coordinatorConfigSchema } from '../src/index.ts';
import type { TestNetwork } from './start-network.ts';

type Config = z.input<typeof coordinatorConfigSchema>;

/** Key store, passphrase and network file of a coordinator in a folder of its own; the path of its configuration file. */
export async function writeConfig(
  net: TestNetwork,
  { name, rpcUrl = net.chain.rpcUrl, ...change }: { name: string; rpcUrl?: string } & Partial<Config>,
): Promise<string> {
  const folder = join(net.dir, name);
  mkdirSync(folder, { recursive: true });
  const at = (file: string) => join(folder, file);
  const matcher = net.chain.keys.named('matcher');
  const secret = fromHex(toHex(matcher.getHdKey().privateKey!));
  const keystore = await encryptKeystore(secret, 'correct horse', { address: matcher.address, insecureFastKdf: true });
  writeFileSync(at('keystore.json'), JSON.stringify(keystore), { mode: 0o600 });
  writeFileSync(at('passphrase'), 'correct horse\n', { mode: 0o600 });
  const { deployment } = net.client;
  const network = {
    ...{ rpcUrl, coordinatorUrl: 'http://127.0.0.1:1', chainId: deployment.chainId },
    ...{ deployment, profile: 'embedded' },
  };
  writeFileSync(at('network.json'), JSON.stringify(network));
  const config: Config = {
    ...{ dir: 'state', networkFile: 'network.json', keystore: 'keystore.json', passphraseFile: 'passphrase' },
    ...{
      listen: { port: 0 },
      tickMs: 100,
      recheckMs: 500,
      upkeepMs: 200,
      collectFeesSec: 10,
      pollMs: 20,
      minFreeDiskBytes: 0,
      ...change,
    },
  };
  writeFileSync(at('config.json'), JSON.stringify(config));
  return at('config.json');
}

export interface RunningCoordinator extends Coordinator {
  client: CoordinatorClient;
  blobs: BlobStore;
}

/** Starts a coordinator by its configuration file, as the command line does. */
export async function runCoordinator(
  configFile: string,
  log: Log = silentLog,
  env: Record<string, string> = {},
): Promise<RunningCoordinator> {
  const coordinator = await startCoordinator(configFile, { log, env });
  return { ...coordinator, ...clientsOf(coordinator.url) };
}

export const clientsOf = (url: string) => ({
  client: createCoordinatorClient({ url, retries: 0, timeoutMs: 30_000 }),
  blobs: createHttpBlobStore({ url: `${url}/v1/blobs` }),
});
