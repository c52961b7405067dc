import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createChainClient,
  deployEmbedded,
  startEmbeddedChain,
  type ChainClient,
  type DeployConfig,
  type EmbeddedChain,
} from '@encryptech/chain';
import type { Json } from '@encryptech/base';
import { run } from '../src/run.ts';
import { recordingTerminal } from './recording-terminal.ts';

/** What a command line printed. */
export interface Said {
  code: number;
  out: string;
  err: string;
  json: <T = Record<string, Json>>() => T;
}

/** A state directory with an embedded chain and the whole economy on it, and no daemon. */
export interface ChainHome {
  dir: string;
  chain: EmbeddedChain;
  client: ChainClient;
  /** Runs a command line in the directory. */
  say(...argv: string[]): Promise<Said>;
  stop(): Promise<void>;
}

export async function startChainHome(
  change: (config: EmbeddedChain['keys']) => DeployConfig | undefined = () => undefined,
): Promise<ChainHome> {
  const dir = await mkdtemp(join(tmpdir(), 'encryptech-cli-chain-'));
  const chainDir = join(dir, 'chain');
  const chain = await startEmbeddedChain({ dir: chainDir, saveIntervalMs: 3_600_000 });
  const config = change(chain.keys);
  const deployment = await deployEmbedded(chain, { dir: chainDir, ...(config ? { config } : {}) });
  await chain.finishSetup();
  const network = {
    ...{ rpcUrl: chain.rpcUrl, coordinatorUrl: 'http://127.0.0.1:1', chainId: deployment.chainId },
    ...{ deployment, profile: 'embedded' },
  };
  await writeFile(join(dir, 'network.json'), JSON.stringify(network));
  return {
    ...{ dir, chain, client: createChainClient({ rpcUrl: chain.rpcUrl, deployment, pollMs: 10 }) },
    async say(...argv) {
      const terminal = recordingTerminal({ cwd: dir, env: { ENCRYPTECH_HOME: dir } });
      const code = await run(argv, terminal);
      process.exitCode = undefined;
      const out = terminal.written.out.join('\n');
      return { code, out, err: terminal.written.err.join(''), json: <T>() => JSON.parse(out) as T };
    },
    async stop() {
      await chain.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
