import type { TcbStatus } from '../claims.ts';

/**
 * A platform's status, given the status of a part of it: the quoting enclave or the TDX module. An outdated part makes the
 * whole outdated; a revoked one revokes it; one that no level knows is not supported (Intel quote verification library,
 * `convergeTcbStatusWithQeTcbStatus` and `convergeTcbStatusWithTdxModuleStatus`).
 */
export function convergeStatus(platform: TcbStatus, part: TcbStatus): TcbStatus {
  if (part === 'Revoked' || platform === 'Revoked') return 'Revoked';
  if (part === 'NotSupported' || platform === 'NotSupported') return 'NotSupported';
  if (part === 'UpToDate') return platform;
  if (platform === 'UpToDate' || platform === 'SWHardeningNeeded') return 'OutOfDate';
  if (platform === 'ConfigurationNeeded' || platform === 'ConfigurationAndSWHardeningNeeded')
    return 'OutOfDateConfigurationNeeded';
  return platform;
}
