import type { Account, Chain, Transport, WalletClient } from 'viem';
import type { ChainWriter } from './chain-writer.ts';
import type { ChainClient } from './create-chain-client.ts';
import { decodingErrors } from './decode-chain-error.ts';
import { gasLimit } from './gas-limit.ts';
import { minedTransaction } from './mined-transaction.ts';

/**
 * A writer for a person with a wallet (viem's wallet client over a browser wallet or a local account). It keeps no record:
 * keys are not remembered, and who closes the page while a transaction is under way looks at the wallet.
 */
export function createWalletWriter(
  client: ChainClient,
  wallet: WalletClient<Transport, Chain | undefined, Account>,
  options: { timeoutMs?: number } = {},
): ChainWriter {
  const { deployment } = client;
  return {
    deployment,
    account: wallet.account.address,
    async send({ to, data, value = 0n, gas }) {
      const call = { account: wallet.account, to, data, value };
      // First the contract's own answer on the present: wallets show reverts badly, and estimate on the newest block.
      if (gas === undefined) gas = await decodingErrors(gasLimit(client, { ...call, account: wallet.account.address }));
      else await decodingErrors(client.public.call({ ...call, gas, blockTag: 'pending' }));
      const hash = await decodingErrors(wallet.sendTransaction({ ...call, gas, chain: client.public.chain ?? null }));
      const timeout = options.timeoutMs ?? 180_000;
      const receipt = await decodingErrors(client.public.waitForTransactionReceipt({ hash, timeout }));
      return minedTransaction(client, receipt, call);
    },
  };
}
