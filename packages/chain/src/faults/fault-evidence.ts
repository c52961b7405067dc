import type { Address, Hex } from '@encryptech/base';
import type { AuditFinding, JobOrder, KeyRelease, Receipt, ServedFinding } from '@encryptech/protocol';
import { encodeFunctionData, type ContractFunctionArgs } from 'viem';
import { faultEvidenceAbi } from '../abis.ts';

type Name = Extract<(typeof faultEvidenceAbi)[number], { type: 'function'; stateMutability: 'view' }>['name'];

/** A document with the signature under it. */
export interface Signed<Document> {
  document: Document;
  signature: Hex;
}

const encode = <Of extends Name>(
  functionName: Of,
  args: ContractFunctionArgs<typeof faultEvidenceAbi, 'view', Of>,
): Hex => encodeFunctionData({ abi: faultEvidenceAbi, functionName, args } as never);

const documents = <Document>(signed: readonly Signed<Document>[]) => signed.map(({ document }) => document);
const signatures = (signed: readonly Signed<unknown>[]) => signed.map(({ signature }) => signature);

/**
 * Evidence about providers: the call of the evidence contract, encoded. The first eight are brought with a proposal, those with a
 * fault's number against one, or in answer to that.
 */
export const faultEvidence = {
  /** The attempt missed its deadline. */
  late: (jobId: Hex, attempt: number): Hex => encode('late', [jobId, attempt]),
  /** The provider missed too many heartbeats of an epoch that is final. */
  unavailable: (provider: Address, epoch: bigint): Hex => encode('unavailable', [provider, epoch]),
  /** The sealed result of a delivered job can't be had: a challenge, which serving it answers. */
  notServed: ({ document, signature }: Signed<Receipt>): Hex => encode('notServed', [document, signature]),
  /** The register says that the enclave's attestation ran out or lost its level while it worked. */
  attestation: (order: JobOrder): Hex => encode('attestation', [order]),
  /** Auditors executed the job again and found another result. */
  wrongResult: ({ document, signature }: Signed<Receipt>, findings: readonly Signed<AuditFinding>[]): Hex =>
    encode('wrongResult', [document, signature, documents(findings), signatures(findings)]),
  /** The receipt says more steps or more privacy loss than the order. */
  overSpend: (order: JobOrder, { document, signature }: Signed<Receipt>): Hex =>
    encode('overSpend', [order, document, signature]),
  /** The certificate names another training specification than the order; `place` is where `,"spec":"` begins in its bytes. */
  otherMechanism: (order: JobOrder, { document, signature }: Signed<Receipt>, certificate: Hex, place: bigint): Hex =>
    encode('otherMechanism', [order, document, signature, certificate, place]),
  /** One enclave signed two results for one attempt. */
  twoResults: (one: Signed<Receipt>, other: Signed<Receipt>): Hex =>
    encode('twoResults', [one.document, one.signature, other.document, other.signature]),
  /** Counter-evidence to a lateness: the enclave started, and no key came. */
  noKey: (faultId: bigint): Hex => encode('noKey', [faultId]),
  /** Counter-evidence to a result that was not served: the sealed result itself. */
  served: (faultId: bigint, result: Hex): Hex => encode('served', [faultId, result]),
  /** Counter-evidence of the same sort: auditors fetched it. */
  fetched: (faultId: bigint, findings: readonly Signed<ServedFinding>[]): Hex =>
    encode('fetched', [faultId, documents(findings), signatures(findings)]),
  /** Counter-evidence to an attestation: the register holds a newer result that restores the level. */
  attested: (faultId: bigint): Hex => encode('attested', [faultId]),
  /** Counter-evidence to a wrong result: as many auditors found the delivered one. */
  rightResult: (faultId: bigint, findings: readonly Signed<AuditFinding>[]): Hex =>
    encode('rightResult', [faultId, documents(findings), signatures(findings)]),
  /** Answer to "no key": the owner's signed release. */
  keyGiven: (faultId: bigint, { document, signature }: Signed<KeyRelease>): Hex =>
    encode('keyGiven', [faultId, document, signature]),
  /** Answer to "right result": one auditor more found another one. */
  stillWrong: (faultId: bigint, findings: readonly Signed<AuditFinding>[]): Hex =>
    encode('stillWrong', [faultId, documents(findings), signatures(findings)]),
} as const;
