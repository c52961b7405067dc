import type { Hex } from '@encryptech/base';
import { inEvidenceDomain, type EvidenceDomain } from './evidence-domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** An auditor's word that it fetched a sealed result from its provider. */
export type ServedFinding = SignedValue<'ServedFinding'>;

export const servedFindingCodec = signedCodec('ServedFinding');

/** The EIP-712 digest that an auditor signs. */
export const hashServedFinding = (finding: ServedFinding, domain: EvidenceDomain): Hex =>
  servedFindingCodec.hash(finding, inEvidenceDomain(domain));

/** The signature of an auditor. */
export const signServedFinding = (finding: ServedFinding, domain: EvidenceDomain, signer: Signer): Promise<Hex> =>
  servedFindingCodec.sign(finding, inEvidenceDomain(domain), signer);
