import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createChainClient,
  createWalletWriter,
  deployEmbedded,
  giveEnc,
  startEmbeddedChain,
  type ChainClient,
  type ChainWriter,
  type EmbeddedChain,
} from '@encryptech/chain';
import type { Address } from '@encryptech/base';
import type { SigningDomain } from '@encryptech/protocol';
import { createWalletClient, http } from 'viem';
import type { HDAccount } from 'viem/accounts';

/** An embedded chain in a folder of its own with the whole economy on it. */
export interface TestNetwork {
  dir: string;
  chain: EmbeddedChain;
  client: ChainClient;
  domain: SigningDomain;
  writer(account: HDAccount): ChainWriter;
  /** ENC for an account. */
  give(to: Address, amount: bigint): Promise<void>;
  stop(): Promise<void>;
}

export async function startNetwork(): Promise<TestNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'encryptech-coordinator-'));
  const chainDir = join(dir, 'chain');
  const chain = await startEmbeddedChain({ dir: chainDir, saveIntervalMs: 3_600_000 });
  const deployment = await deployEmbedded(chain, { dir: chainDir });
  const client = createChainClient({ rpcUrl: chain.rpcUrl, deployment, pollMs: 10 });
  const writer = (account: HDAccount): ChainWriter =>
    createWalletWriter(client, createWalletClient({ account, transport: http(chain.rpcUrl) }));
  const team = writer(chain.keys.named('team'));
  const treasurer = writer(chain.keys.named('treasurer'));
  let gifts = 0;
  return {
    ...{ dir, chain, client, writer },
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
    give: async (to, amount) => {
      await giveEnc(client, { team, treasurer }, { to, amount, key: `gift${gifts++}` });
    },
    stop: async () => {
      await chain.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
