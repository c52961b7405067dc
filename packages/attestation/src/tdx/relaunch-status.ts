import type { TcbStatus } from '../claims.ts';
import type { TcbInfo } from '../intel/tcb-info.ts';
import { moduleIdentity } from './tdx-module.ts';

/** The statuses that {@link relaunchStatus} starts from. */
export interface LaunchStatuses {
  /** Of the level that the platform's SGX components reach. */
  readonly sgx: TcbStatus;
  /** Of the TD's level, converged with its module's. */
  readonly tdx: TcbStatus;
  readonly module: TcbStatus;
  readonly quotingEnclave: TcbStatus;
}

const SGX_FINE: readonly TcbStatus[] = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
];
const NEEDS_CONFIGURATION: readonly TcbStatus[] = [
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDateConfigurationNeeded',
];

/**
 * The TDX status of a TD 1.5: relaunch advised, instead of out of date, where the platform was updated under the running TD,
 * so that only a launch is missing. `teeTcbSvn2` is the platform's TCB now, `TEE_TCB_SVN` the one at launch (Intel quote
 * verification library, TDRelaunchCheck.cpp).
 *
 * @throws `attestation.moduleMismatch`
 */
export function relaunchStatus(statuses: LaunchStatuses, tcbInfo: TcbInfo, teeTcbSvn2: Uint8Array): TcbStatus {
  const { sgx, tdx, module, quotingEnclave } = statuses;
  if (quotingEnclave !== 'UpToDate' || !SGX_FINE.includes(sgx) || module !== 'OutOfDate') return tdx;
  if (tdx !== 'OutOfDate' && tdx !== 'OutOfDateConfigurationNeeded') return tdx;
  const [latest] = tcbInfo.levels;
  const identity = moduleIdentity(tcbInfo, teeTcbSvn2[1]!);
  const wanted = identity === undefined ? latest?.tdxComponents[0] : identity.levels[0]?.isvSvn;
  if (latest === undefined || wanted === undefined) return 'NotSupported';
  if (teeTcbSvn2[0]! < wanted || teeTcbSvn2[2]! < latest.tdxComponents[2]!) return tdx;
  return NEEDS_CONFIGURATION.includes(sgx) || NEEDS_CONFIGURATION.includes(tdx)
    ? 'TDRelaunchAdvisedConfigurationNeeded'
    : 'TDRelaunchAdvised';
}
