import type { SgxExtensions } from '../x509/sgx-extensions.ts';
import type { TcbLevel } from './tcb-info.ts';

/** The levels that a platform reaches; undefined where it is below all of them. */
export interface MatchedLevels {
  /** The highest whose SGX components and PCE version the platform has. */
  readonly sgx?: TcbLevel;
  /** The highest that also asks for no more than the TD's TDX components. */
  readonly tdx?: TcbLevel;
}

/**
 * The first of the levels, highest first, that a platform's certificate and, for TDX, the TD's `TEE_TCB_SVN` reach (Intel
 * quote verification library, TcbLevelCheck.cpp; PCS API, "TcbInfo", step 3).
 */
export function matchTcbLevel(
  levels: readonly TcbLevel[],
  { componentSvns, pceSvn }: Pick<SgxExtensions, 'componentSvns' | 'pceSvn'>,
  teeTcbSvn?: Uint8Array,
): MatchedLevels {
  const reached = levels.filter((level) => atLeast(componentSvns, level.sgxComponents, 0) && pceSvn >= level.pceSvn);
  const [sgx] = reached;
  if (sgx === undefined || teeTcbSvn === undefined) return sgx === undefined ? {} : { sgx };
  // Components 0 and 1 are the module's version where it has a number: its identity judges them instead.
  const from = teeTcbSvn[1]! > 0 ? 2 : 0;
  const tdx = reached.find((level) => atLeast([...teeTcbSvn], level.tdxComponents, from));
  return tdx === undefined ? { sgx } : { sgx, tdx };
}

const atLeast = (has: readonly number[], needs: readonly number[], from: number): boolean =>
  needs.every((svn, index) => index < from || (has[index] ?? -1) >= svn);
