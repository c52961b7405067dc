import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@encryptech/base';
import { createWalletClient, http, type HDAccount } from 'viem';
import type { ChainWriter } from '../src/client/chain-writer.ts';
import { createChainClient, type ChainClient } from '../src/client/create-chain-client.ts';
import { createWalletWriter } from '../src/client/create-wallet-writer.ts';
import { deployEmbedded } from '../src/deploy/deploy-embedded.ts';
import { giveEnc } from '../src/deploy/give-enc.ts';
import type { Deployment } from '../src/deployment.ts';
import type { EmbeddedChain } from '../src/embedded/embedded-chain.ts';
import { startEmbeddedChain } from '../src/embedded/start-embedded-chain.ts';

/** An embedded chain in a folder of its own with the whole economy on it. */
export interface TestNetwork {
  dir: string;
  chain: EmbeddedChain;
  deployment: Deployment;
  client: ChainClient;
  writer(account: HDAccount): ChainWriter;
  /** ENC for an account. */
  give(to: Address, amount: bigint): Promise<void>;
  stop(): Promise<void>;
}

let gifts = 0;

export async function startNetwork(): Promise<TestNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'encryptech-network-'));
  const chain = await startEmbeddedChain({ dir, saveIntervalMs: 3_600_000 });
  const deployment = await deployEmbedded(chain, { dir });
  const client = createChainClient({ rpcUrl: chain.rpcUrl, deployment, pollMs: 10 });
  const writer = (account: HDAccount): ChainWriter =>
    createWalletWriter(client, createWalletClient({ account, transport: http(chain.rpcUrl) }));
  const team = writer(chain.keys.named('team'));
  const treasurer = writer(chain.keys.named('treasurer'));
  return {
    ...{ dir, chain, deployment, client, writer },
    give: async (to, amount) =>
      void (await giveEnc(client, { team, treasurer }, { to, amount, key: `gift${gifts++}` })),
    stop: async () => {
      await chain.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
