import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex, toHex } from '@encryptech/base';
import {
  callContract,
  chainTime,
  createChainClient,
  createWalletWriter,
  deployEmbedded,
  encTokenAbi,
  fiatGatewayAbi,
  medianFeedAbi,
  pricesAbi,
  startEmbeddedChain,
  treasuryAbi,
  type ChainClient,
  type EmbeddedChain,
} from '@encryptech/chain';
import { encryptKeystore } from '@encryptech/sealing';
import { createWalletClient, http, type Address, type Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';

export const SECRET = 'whsec_development_of_a_test';
const ENC = 10n ** 18n;
/** 0.25 dollars an ENC. */
const PRICE_E8 = 25_000_000n;

export interface GatewayNetwork {
  dir: string;
  chain: EmbeddedChain;
  client: ChainClient;
  /** Both reporters say 0.25 dollars on both feeds, now. */
  report(): Promise<void>;
  balance(account: Address): Promise<bigint>;
  /** How often the receipt was credited, by the chain's events. */
  credits(receiptId: Hex): Promise<number>;
  stop(): Promise<void>;
}

/** An embedded chain whose ENC has a price and whose treasury lets the gateway draw. */
export async function startGatewayNetwork(): Promise<GatewayNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'encryptech-gateway-'));
  const chainDir = join(dir, 'chain');
  const chain = await startEmbeddedChain({ dir: chainDir, saveIntervalMs: 3_600_000 });
  const deployment = await deployEmbedded(chain, { dir: chainDir });
  await chain.finishSetup();
  const client = createChainClient({ rpcUrl: chain.rpcUrl, deployment, pollMs: 10 });
  const { contracts } = deployment;
  const writer = (account: HDAccount) =>
    createWalletWriter(client, createWalletClient({ account, transport: http(chain.rpcUrl) }));
  const team = writer(chain.keys.named('team'));
  const feeds = ['encUsdFeedA', 'encUsdFeedB'] as const;

  await callContract(team, {
    ...{ key: 'asset', contract: 'prices', abi: pricesAbi, functionName: 'setAsset' },
    args: [
      contracts.token,
      { minE8: 10_000n, maxE8: 10n ** 9n, spreadBps: 300, moveBps: 1_000, moveWindowSec: 3_600, quorum: 2 },
      feeds.map((feed) => ({ feed: contracts[feed], decimals: 8, maxAgeSec: 3_600 })),
    ],
  });
  await callContract(team, {
    ...{ key: 'reserve', contract: 'treasury', abi: treasuryAbi, functionName: 'setReserve' },
    args: [contracts.token, 1_000_000n * ENC, 100_000_000n * ENC],
  });
  let reportedAt = 0;
  return {
    ...{ dir, chain, client },
    report: async () => {
      // A report must be newer than the last one; within a second the last one is new enough.
      if ((await chainTime(client)) <= reportedAt) return;
      for (const name of ['reporterA', 'reporterB'] as const) {
        const reporter = writer(chain.keys.named(name));
        for (const feed of feeds) {
          reportedAt = await chainTime(client);
          const observedAt = BigInt(reportedAt);
          await callContract(reporter, {
            ...{ key: `${name}:${feed}:${observedAt}`, contract: feed, abi: medianFeedAbi, functionName: 'report' },
            args: [PRICE_E8, observedAt],
          });
        }
      }
    },
    balance: (account) =>
      client.public.readContract({
        ...{ address: contracts.token, abi: encTokenAbi, functionName: 'balanceOf', args: [account] },
      }),
    credits: async (receiptId) => {
      const address = contracts.fiatGateway;
      const events = await client.public.getContractEvents({
        ...{ address, abi: fiatGatewayAbi, eventName: 'Credited', args: { receiptId }, fromBlock: 0n },
      });
      return events.length;
    },
    stop: async () => {
      await chain.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Key store, passphrase, secrets and network file of a gateway in a folder of its own; the path of its configuration. */
export async function writeGatewayConfig(
  net: GatewayNetwork,
  name: string,
  { profile = 'embedded', secrets = SECRET }: { profile?: string; secrets?: string } = {},
): Promise<string> {
  const folder = join(net.dir, name);
  mkdirSync(folder, { recursive: true });
  const at = (file: string) => join(folder, file);
  const processor = net.chain.keys.named('processor');
  const secret = fromHex(toHex(processor.getHdKey().privateKey!));
  const keystore = await encryptKeystore(secret, 'correct horse', { insecureFastKdf: true });
  writeFileSync(at('keystore.json'), JSON.stringify(keystore), { mode: 0o600 });
  writeFileSync(at('passphrase'), 'correct horse\n', { mode: 0o600 });
  writeFileSync(at('secrets'), `${secrets}\n`, { mode: 0o600 });
  const { deployment } = net.client;
  const network = {
    ...{ rpcUrl: net.chain.rpcUrl, coordinatorUrl: 'http://127.0.0.1:1', chainId: deployment.chainId },
    ...{ deployment, profile },
  };
  writeFileSync(at('network.json'), JSON.stringify(network));
  const config = {
    ...{ dir: 'state', networkFile: 'network.json', keystore: 'keystore.json', passphraseFile: 'passphrase' },
    ...{ secretsFile: 'secrets', listen: { port: 0 }, retryMs: 100, pollMs: 10 },
  };
  writeFileSync(at('config.json'), JSON.stringify(config));
  return at('config.json');
}
