import { toHex } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { EndorsementQuery, Endorsements } from '../verifier.ts';
import { commonNameOf } from '../x509/common-name.ts';
import type { IntelProfile } from './intel-profile.ts';
import type { PckChain } from './pck-chain.ts';

/** The vendor's documents about a platform, as they were handed in; nothing in them has been verified. */
export interface Collateral {
  readonly tcbInfo: Uint8Array;
  readonly tcbInfoChain: Uint8Array;
  readonly enclaveIdentity: Uint8Array;
  readonly enclaveIdentityChain: Uint8Array;
  readonly rootRevocations: Uint8Array | undefined;
  readonly pckRevocations: Uint8Array | undefined;
}

/**
 * The documents that a quote from this platform is judged by. Undefined where there is no TCB info and the profile does
 * without.
 *
 * @throws `attestation.missingEndorsement`
 */
export async function findCollateral(
  chain: PckChain,
  { kind, tee, collateral }: IntelProfile,
  endorsements: Endorsements,
  now: Date,
): Promise<Collateral | undefined> {
  const get = (type: EndorsementQuery['type'], subject: string) => endorsements.get({ kind, type, subject }, now);
  const require = async (type: EndorsementQuery['type'], subject: string) =>
    (await get(type, subject)) ?? missing(type, subject);
  const fmspc = toHex(chain.platform.fmspc).slice(2);
  const tcbInfo = await get('tcb-info', fmspc);
  if (tcbInfo === undefined) return collateral === 'optional' ? undefined : missing('tcb-info', fmspc);
  return {
    tcbInfo,
    tcbInfoChain: await require('issuer-chain', 'tcb-info'),
    enclaveIdentity: await require('enclave-identity', tee === 'tdx' ? 'TD_QE' : 'QE'),
    enclaveIdentityChain: await require('issuer-chain', 'enclave-identity'),
    rootRevocations: await get('revocation-list', commonNameOf(chain.root.subject)),
    pckRevocations: await get('revocation-list', commonNameOf(chain.authority.subject)),
  };
}

function missing(type: string, subject: string): never {
  throw attestationError({
    code: 'attestation.missingEndorsement',
    message: `The quote can't be judged without the vendor's ${type} for "${subject}".`,
    hint: "Hand in the vendor's collateral: TCB info, QE identity, their signing chain, and revocation lists.",
    data: { type, subject },
  });
}
