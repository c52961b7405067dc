import type { Address } from '@encryptech/base';
import { pricesAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodeChainError } from '../client/decode-chain-error.ts';

/** What the oracle says of ENC. */
export interface PriceFacts {
  /** In 10^-8 dollars; undefined where there is no price now. */
  encUsdE8: bigint | undefined;
  /** Second of the oldest source behind it. */
  updatedAt: number | undefined;
  /** Why there is none, by code. */
  problem: string | undefined;
  /** True on an embedded chain: its own keys report the price, and no market is behind it. */
  isDevelopment: boolean;
}

/** The price of ENC as desk and gateway would take it now, at the pending block's time; a price that is missing has a reason. */
export async function priceFacts({ public: node, deployment }: ChainClient): Promise<PriceFacts> {
  const { prices, token } = deployment.contracts;
  const isDevelopment = typeof deployment.parameters['developmentDollar'] === 'string';
  const read = { address: prices, abi: pricesAbi, functionName: 'priceOf', blockTag: 'pending' } as const;
  try {
    const [encUsdE8, updatedAt] = await node.readContract({ ...read, args: [token as Address] });
    return { encUsdE8, updatedAt: Number(updatedAt), problem: undefined, isDevelopment };
  } catch (cause) {
    const { code } = decodeChainError(cause);
    if (code === 'chain.unreachable') throw cause;
    return { encUsdE8: undefined, updatedAt: undefined, problem: code, isDevelopment };
  }
}
