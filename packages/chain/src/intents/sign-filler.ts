import type { Hex } from '@encryptech/base';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { Sending } from './sending.ts';

/** A signed payment of nothing from the account to itself that uses up a nonce. */
export async function signFiller({ client, account }: Sending, nonce: number): Promise<Hex> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await decodingErrors(client.public.estimateFeesPerGas());
  return account.signTransaction({
    ...{ type: 'eip1559', chainId: client.deployment.chainId, to: account.address, value: 0n, gas: 21_000n, nonce },
    ...{ maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas },
  });
}
