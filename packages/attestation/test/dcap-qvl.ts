import { toHex } from '@encryptech/base';
import { verify } from '@phala/dcap-qvl';
import { jsonSlices } from '../src/intel/json-slices.ts';
import type { EndorsementQuery, Endorsements } from '../src/verifier.ts';

/** A quote's verdict in the words of both libraries. */
export type QvlVerdict =
  { readonly status: string; readonly advisories: readonly string[] } | { readonly refused: string };

/** What `@phala/dcap-qvl` says of a quote under the same documents. An oracle for tests: it accepts any revocation list. */
export async function qvlVerdict(
  body: Uint8Array,
  { tee, fmspc, authority }: { tee: 'tdx' | 'sgx'; fmspc: string; authority: string },
  endorsements: Endorsements,
  now: Date,
): Promise<QvlVerdict> {
  const get = async (type: EndorsementQuery['type'], subject: string) =>
    (await endorsements.get({ kind: tee, type, subject }, now)) ?? new Uint8Array(0);
  const text = async (type: EndorsementQuery['type'], subject: string) =>
    new TextDecoder().decode(await get(type, subject));
  const hex = async (subject: string) => toHex(await get('revocation-list', subject)).slice(2);
  const [tcbInfo, identity] = [
    jsonSlices(await text('tcb-info', fmspc)),
    jsonSlices(await text('enclave-identity', tee === 'tdx' ? 'TD_QE' : 'QE')),
  ];
  const unquoted = (value: string | undefined) => (value ?? '""').slice(1, -1);
  const collateral = {
    pck_crl_issuer_chain: '',
    root_ca_crl: await hex('Intel SGX Root CA'),
    pck_crl: await hex(authority),
    tcb_info_issuer_chain: await text('issuer-chain', 'tcb-info'),
    tcb_info: tcbInfo.get('tcbInfo')!,
    tcb_info_signature: unquoted(tcbInfo.get('signature')),
    qe_identity_issuer_chain: await text('issuer-chain', 'enclave-identity'),
    qe_identity: identity.get('enclaveIdentity')!,
    qe_identity_signature: unquoted(identity.get('signature')),
  };
  try {
    const report = verify(Buffer.from(body), collateral, Math.floor(now.getTime() / 1_000));
    return { status: report.status, advisories: [...new Set(report.advisory_ids)] };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
