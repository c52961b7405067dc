import { equalBytes } from '@encryptech/base';
import { attestationError } from '../errors.ts';
import type { Fields } from '../intel/fields.ts';
import type { TdBodyField } from '../intel/quote-layout.ts';
import type { TcbInfo, TdxModule, TdxModuleIdentity } from '../intel/tcb-info.ts';

type Seam = Pick<Fields<TdBodyField>, 'teeTcbSvn' | 'mrSignerSeam' | 'seamAttributes'>;

/**
 * The identity of the TDX module of that version, `TEE_TCB_SVN[1]`; undefined for version 0, which has none (Intel quote
 * verification library, TdxModuleCheck.cpp).
 *
 * @throws `attestation.moduleMismatch` for a version that TCB info doesn't know
 */
export function moduleIdentity({ moduleIdentities }: TcbInfo, version: number): TdxModuleIdentity | undefined {
  if (version === 0) return undefined;
  const id = `TDX_${version.toString(16).padStart(2, '0').toUpperCase()}`;
  const found = moduleIdentities.find((identity) => identity.id.toUpperCase() === id);
  if (found === undefined) throw mismatch(`TCB info knows no TDX module ${id}.`, { id });
  return found;
}

/**
 * The identity of the module that a TD runs under, once its signer and attributes are the expected ones (QuoteVerifier.cpp,
 * 4.1.2.4.11; attributes must be zero as well).
 *
 * @throws `attestation.moduleMismatch`
 */
export function requireModule(tcbInfo: TcbInfo, seam: Seam): TdxModuleIdentity | undefined {
  const identity = moduleIdentity(tcbInfo, seam.teeTcbSvn[1]!);
  const expected: TdxModule | undefined = identity ?? tcbInfo.module;
  if (expected === undefined) throw mismatch('TCB info describes no TDX module.', {});
  if (!equalBytes(seam.mrSignerSeam, expected.mrSigner))
    throw mismatch('The TDX module has another signer than TCB info names.', { field: 'mrSignerSeam' });
  if (seam.seamAttributes.some((byte) => byte !== 0) || !equalBytes(seam.seamAttributes, expected.attributes))
    throw mismatch('The TDX module has attributes that it should not have.', { field: 'seamAttributes' });
  return identity;
}

const mismatch = (message: string, data: Record<string, string>): Error =>
  attestationError({ code: 'attestation.moduleMismatch', message, place: 'TDX module', data });
