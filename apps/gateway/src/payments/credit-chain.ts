import { callContract, decodingErrors, fiatGatewayAbi, type ChainClient, type ChainWriter } from '@encryptech/chain';
import type { Hex } from 'viem';
import type { Credit } from './to-credit.ts';

/** What the chain says of a receipt. */
export interface Credited {
  transaction: Hex | undefined;
  encOutWei: bigint;
}

/** The contract as the gateway uses it. */
export interface CreditChain {
  /** Credits once, however often it is called; resolves when it is mined. */
  credit(credit: Credit): Promise<Credited>;
  /** What was credited under the receipt, if anything was. */
  find(receiptId: Hex): Promise<Credited | undefined>;
}

/** @throws what `FiatGateway.credit` reverts with, by its code; `chain.unreachable` `chain.notMined` … of the sender */
export function createCreditChain({ client, writer }: { client: ChainClient; writer: ChainWriter }): CreditChain {
  const address = client.deployment.contracts.fiatGateway;
  const find = async (receiptId: Hex): Promise<Credited | undefined> => {
    const call = { address, abi: fiatGatewayAbi, functionName: 'receipt', args: [receiptId] } as const;
    const receipt = await decodingErrors(client.public.readContract(call));
    return receipt.creditedAt === 0 ? undefined : { transaction: undefined, encOutWei: receipt.encOut };
  };
  return {
    find,
    credit: async ({ receiptId, account, currency, amountE6, paidAtSec, minOutWei }) => {
      const { hash } = await callContract(writer, {
        key: `credit:${receiptId}`,
        contract: 'fiatGateway',
        abi: fiatGatewayAbi,
        functionName: 'credit',
        args: [receiptId, account, currency, amountE6, BigInt(paidAtSec), minOutWei],
      });
      return { transaction: hash, encOutWei: (await find(receiptId))?.encOutWei ?? 0n };
    },
  };
}
