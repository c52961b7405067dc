import type { Address, Hex } from '@encryptech/base';
import { attestationsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';

/** The newest attestation of a provider as it is on the chain. Seconds since 1970. */
export interface AttestationFacts {
  /** What counts now: 0 when expired, denied, or signed by too few verifiers of good standing. */
  level: number;
  /** What was recorded. */
  recordedLevel: number;
  /** 0 when there is no record. */
  issuedAt: number;
  expiresAt: number;
  policyDigest: Hex;
  measurement: Hex;
  /** The first 12 bytes of the hashed identifier of the machine. */
  device: Hex;
  verifiers: readonly Address[];
}

/** The newest attestation of a provider, at the latest block. */
export async function attestationFacts(client: ChainClient, subject: Address): Promise<AttestationFacts> {
  const { public: node, deployment } = client;
  const register = { address: deployment.contracts.attestations, abi: attestationsAbi, args: [subject] } as const;
  const [level, record, verifiers] = await decodingErrors(
    Promise.all([
      node.readContract({ ...register, functionName: 'levelOf' }),
      node.readContract({ ...register, functionName: 'attestation' }),
      node.readContract({ ...register, functionName: 'signersOf' }),
    ]),
  );
  const { level: recordedLevel, issuedAt, expiresAt, policyDigest, measurement, device } = record;
  return { level, recordedLevel, issuedAt, expiresAt, policyDigest, measurement, device, verifiers };
}
