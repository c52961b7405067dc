import type { Address } from 'viem';
import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** What a verifier has at stake. Amounts in wei. */
export interface VerifierBond {
  bond: bigint;
  /** The second from which it may be withdrawn; null while it stays. */
  availableAt: number | null;
  /** What a verifier needs. */
  leastBond: bigint;
  /** True when its signatures count: it has the role, the bond, stays, and was not ejected. */
  counts: boolean;
}

/** A verifier's bond on chain. */
export async function verifierBond(
  { public: node, deployment }: ChainClient,
  verifier: Address,
): Promise<VerifierBond> {
  const contract = { address: deployment.contracts.attestations, abi: attestationsAbi } as const;
  const [[bond, availableAt], leastBond, counts] = await decodingErrors(
    Promise.all([
      node.readContract({ ...contract, functionName: 'bondOf', args: [verifier] }),
      node.readContract({ ...contract, functionName: 'leastBond' }),
      node.readContract({ ...contract, functionName: 'isInStanding', args: [verifier] }),
    ]),
  );
  return { bond, availableAt: availableAt === 0n ? null : Number(availableAt), leastBond, counts };
}
