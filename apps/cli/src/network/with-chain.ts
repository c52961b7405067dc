import { createChainClient, startEmbeddedChain, type ChainClient } from '@encryptech/chain';
import type { Session } from './session.ts';

const PATIENCE_MS = 1_500;

/**
 * Does something with the chain of a session. Where an embedded network is not running, its saved chain is started for as long
 * as that takes, so that a certificate can be checked at any time.
 *
 * @throws `chain.unreachable` for other networks that do not answer, and what `work` throws
 */
export async function withChain<T>(session: Session, work: (client: ChainClient) => Promise<T>): Promise<T> {
  const { network, client, home } = session;
  if (network.profile !== 'embedded' || (await answers(network.rpcUrl))) return work(client);
  const chain = await startEmbeddedChain({ dir: home.chainDir, ifRunning: 'attach' });
  try {
    return await work(createChainClient({ rpcUrl: chain.rpcUrl, deployment: client.deployment }));
  } finally {
    await chain.stop();
  }
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(rpcUrl, { method: 'POST', body, headers, signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}
