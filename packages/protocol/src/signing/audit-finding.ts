import type { Hex } from '@encryptech/base';
import { inEvidenceDomain, type EvidenceDomain } from './evidence-domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** What an auditor found who executed a job again in an enclave: deviation and tolerance in millionths. */
export type AuditFinding = SignedValue<'AuditFinding'>;

export const auditFindingCodec = signedCodec('AuditFinding');

/** The EIP-712 digest that an auditor signs. */
export const hashAuditFinding = (finding: AuditFinding, domain: EvidenceDomain): Hex =>
  auditFindingCodec.hash(finding, inEvidenceDomain(domain));

/** The signature of an auditor. */
export const signAuditFinding = (finding: AuditFinding, domain: EvidenceDomain, signer: Signer): Promise<Hex> =>
  auditFindingCodec.sign(finding, inEvidenceDomain(domain), signer);
