import type { Hex } from '@encryptech/base';
import { createTestClient, http, publicActions, type Address, type PublicActions, type TestClient } from 'viem';
import { chainError } from '../errors.ts';
import { chainOf } from '../client/chain-of.ts';

/** The development calls of a running anvil, with viem's reads. */
export type AnvilClient = TestClient<'anvil'> & PublicActions;

export function createAnvilClient(url: string, chainId: number, timeoutMs = 30_000): AnvilClient {
  return createTestClient({
    mode: 'anvil',
    chain: chainOf(chainId, url),
    transport: http(url, { timeout: timeoutMs, retryCount: 0 }),
    cacheTime: 0,
    pollingInterval: 50,
  }).extend(publicActions) as AnvilClient;
}

/** The chain's whole state as gzipped JSON. */
export async function dumpState(client: AnvilClient): Promise<Uint8Array> {
  return Buffer.from((await client.dumpState()).slice(2), 'hex');
}

/** Sets the chain's clock to a time in seconds since 1970; the next block carries at least that time. */
export async function setClock(client: AnvilClient, timestampSec: number): Promise<void> {
  await client.request({ method: 'evm_setTime' as never, params: [timestampSec * 1000] as never });
}

/** Gives an account of an embedded chain at least that much of the chain's own coin, to pay for gas. */
export async function fundAccount(client: AnvilClient, address: Address, wei: bigint): Promise<void> {
  if ((await client.getBalance({ address })) < wei) await client.setBalance({ address, value: wei });
}

/** The hash of block 0: which chain this is. */
export async function genesisHashOf(client: AnvilClient): Promise<Hex> {
  const { hash } = await client.getBlock({ blockNumber: 0n });
  if (hash === null) throw chainError({ code: 'chain.inconsistentNode', message: 'The genesis block has no hash.' });
  return hash;
}
