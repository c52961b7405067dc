import { encodeFunctionData, zeroHash, type Hex, type LocalAccount } from 'viem';
import * as abis from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { EmbeddedChain } from '../embedded/embedded-chain.ts';
import { verifierBond } from '../read/verifier-bond.ts';
import { executeStep } from './execute-step.ts';

/**
 * Gives the verifier of an embedded chain what it needs at stake: the treasurer's first transaction grants it from the ecosystem fund,
 * the verifier's first two post it. Who has its bond already sends nothing.
 */
export async function bondEmbeddedVerifier(
  client: ChainClient,
  keys: EmbeddedChain['keys'],
  leastBond: bigint,
): Promise<void> {
  const [verifier, treasurer] = [keys.named('verifier'), keys.named('treasurer')];
  const { attestations, ecosystemFund, token } = client.deployment.contracts;
  if ((await verifierBond(client, verifier.address)).bond >= leastBond) return;
  const grant = encodeFunctionData({
    ...{ abi: abis.treasuryAbi, functionName: 'spend' },
    args: [token, verifier.address, leastBond, zeroHash],
  });
  const approval = encodeFunctionData({
    ...{ abi: abis.encTokenAbi, functionName: 'approve', args: [attestations, leastBond] },
  });
  const bond = encodeFunctionData({ abi: abis.attestationsAbi, functionName: 'postBond', args: [leastBond] });
  await sendFrom(client, treasurer, [[ecosystemFund, grant]]);
  await sendFrom(client, verifier, [
    [token, approval],
    [attestations, bond],
  ]);
}

/** An account's first transactions, those that an earlier run sent left out. */
async function sendFrom(client: ChainClient, account: LocalAccount, calls: readonly [Hex, Hex][]): Promise<void> {
  const { address } = account;
  for (
    let nonce = await decodingErrors(client.public.getTransactionCount({ address }));
    nonce < calls.length;
    nonce++
  ) {
    const [to, data] = calls[nonce]!;
    await executeStep(client, { name: 'verifier’s bond', to, data }, nonce, { deployer: account });
  }
}
