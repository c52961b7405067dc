import { createPublicClient, http, type PublicClient, type Transport } from 'viem';
import type { Deployment } from '../deployment.ts';
import { chainOf } from './chain-of.ts';

export interface ChainClientOptions {
  rpcUrl: string;
  deployment: Deployment;
  /** Longest wait for one answer; by default 10,000. */
  timeoutMs?: number;
  /** How often an idempotent call is tried again after a network fault; by default 3, with growing pauses. */
  retries?: number;
  /** How often to look for a receipt or a block; by default 100 on a local chain and 2,000 elsewhere. */
  pollMs?: number;
  /** In place of HTTP, for example the provider of a browser wallet. */
  transport?: Transport;
}

/** One deployment as seen through one node. Reads take it as their first argument. */
export interface ChainClient {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly public: PublicClient;
  readonly pollMs: number;
}

/** A client for a deployment. Nothing is asked of the node yet; see `checkDeployment`. */
export function createChainClient(options: ChainClientOptions): ChainClient {
  const { rpcUrl, deployment } = options;
  const pollMs = options.pollMs ?? (isLocal(rpcUrl) ? 100 : 2_000);
  const transport =
    options.transport ?? http(rpcUrl, { timeout: options.timeoutMs ?? 10_000, retryCount: options.retries ?? 3 });
  const client = createPublicClient({
    chain: chainOf(deployment.chainId, rpcUrl),
    transport,
    pollingInterval: pollMs,
    // A cached block number would let a reader miss the block in which its own transaction was mined.
    cacheTime: 0,
  });
  return { rpcUrl, deployment, public: client, pollMs };
}

const isLocal = (url: string): boolean => /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(url);
