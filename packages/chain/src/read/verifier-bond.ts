import type { Address } from 'viem';
import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** What a verifier has at stake in wei, the second from which it may be withdrawn (null while it stays), and what it needs. */
export async function verifierBond(
  { public: node, deployment }: ChainClient,
  verifier: Address,
): Promise<{ bond: bigint; availableAt: number | null; leastBond: bigint }> {
  const contract = { address: deployment.contracts.attestations, abi: attestationsAbi } as const;
  const [[bond, availableAt], leastBond] = await decodingErrors(
    Promise.all([
      node.readContract({ ...contract, functionName: 'bondOf', args: [verifier] }),
      node.readContract({ ...contract, functionName: 'leastBond' }),
    ]),
  );
  return { bond, availableAt: availableAt === 0n ? null : Number(availableAt), leastBond };
}
