import type { Hex } from '@encryptech/base';
import type { LocalAccount } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodeChainError, decodingErrors } from '../client/decode-chain-error.ts';
import { findReceipt } from '../client/find-receipt.ts';
import { minedTransaction } from '../client/mined-transaction.ts';
import { chainError } from '../errors.ts';
import type { DeployStep } from './deploy-steps.ts';

/**
 * Sends a step as the account's `nonce`th transaction and waits until it is mined. A step that an earlier run sent is only waited for.
 *
 * Its receipt is what is waited for: a node may count a transaction while it still answers calls on the block before.
 *
 * @throws `chain.notMined`, `chain.noGasMoney`, `chain.unreachable`, and the contract's reason where it reverts
 */
export async function executeStep(
  client: ChainClient,
  step: DeployStep,
  nonce: number,
  options: { deployer: LocalAccount; timeoutMs?: number },
): Promise<void> {
  const { public: node, deployment } = client;
  const { deployer, timeoutMs = 180_000 } = options;
  const call = { data: step.data, ...(step.to === undefined ? {} : { to: step.to }) };
  let sent: Hex | undefined;
  try {
    const estimate = await node.estimateGas({ account: deployer.address, ...call, blockTag: 'pending' });
    const { maxFeePerGas, maxPriorityFeePerGas } = await node.estimateFeesPerGas();
    const serializedTransaction = await deployer.signTransaction({
      ...{ type: 'eip1559', chainId: deployment.chainId, nonce, ...call, gas: (estimate * 11n) / 10n },
      ...{ maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas },
    });
    sent = await node.sendRawTransaction({ serializedTransaction });
  } catch (error) {
    // A run that was cut off after sending left the same transaction with the node: then it is waited for.
    const used = await decodingErrors(node.getTransactionCount({ address: deployer.address, blockTag: 'pending' }));
    if (used <= nonce) throw decodeChainError(error);
  }
  const deadline = performance.now() + timeoutMs;
  const isMined = async (): Promise<boolean> => {
    if (!sent) return (await decodingErrors(node.getTransactionCount({ address: deployer.address }))) > nonce;
    const receipt = await findReceipt(client, sent);
    if (receipt) await minedTransaction(client, receipt, { account: deployer, ...call });
    return receipt !== undefined;
  };
  while (!(await isMined())) {
    if (performance.now() > deadline) {
      throw chainError({
        code: 'chain.notMined',
        message: `The deployment’s transaction "${step.name}" is not mined yet.`,
        hint: 'Run the deployment again: it goes on where it stopped.',
        data: { nonce },
        retry: 'later',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, client.pollMs));
  }
}
