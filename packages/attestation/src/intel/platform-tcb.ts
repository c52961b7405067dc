import type { EvidenceClaims, TcbStatus } from '../claims.ts';
import { relaunchStatus } from '../tdx/relaunch-status.ts';
import type { SgxExtensions } from '../x509/sgx-extensions.ts';
import { convergeStatus } from './converge-status.ts';
import type { EnclaveIdentity } from './enclave-identity.ts';
import { matchTcbLevel } from './match-tcb-level.ts';
import { littleEndian } from './quote-layout.ts';
import type { Quote } from './read-quote.ts';
import type { SvnLevel, TcbInfo, TdxModuleIdentity } from './tcb-info.ts';

type Part = Pick<SvnLevel, 'status' | 'date' | 'advisories'>;

export interface PlatformTcb {
  readonly tcb: EvidenceClaims['tcb'];
  /** The level of the TDX module, where it has a version of its own. */
  readonly module?: { readonly id: string; readonly isvSvn: number; readonly status: TcbStatus; readonly date?: Date };
}

/**
 * The status of platform, TDX module and quoting enclave together (Intel quote verification library, TcbLevelCheck.cpp). One
 * difference, to the strict side: a platform whose SGX components reach only a revoked level is revoked, whatever its TDX
 * components reach.
 *
 * @throws `attestation.moduleMismatch`
 */
export function platformTcb(
  quote: Pick<Quote, 'body' | 'qe'>,
  platform: SgxExtensions,
  tcbInfo: TcbInfo,
  identity: EnclaveIdentity,
  moduleIdentity: TdxModuleIdentity | undefined,
): PlatformTcb {
  const td = quote.body.tee === 'tdx' ? quote.body : undefined;
  const matched = matchTcbLevel(tcbInfo.levels, platform, td?.fields.teeTcbSvn);
  const level = td === undefined ? matched.sgx : matched.tdx;
  const qe = identity.levels.find(({ isvSvn }) => littleEndian(quote.qe.isvSvn) >= isvSvn);
  const qeStatus: TcbStatus = qe?.status ?? 'NotSupported';
  const isvSvn = td?.fields.teeTcbSvn[0] ?? 0;
  const module = moduleIdentity?.levels.find((candidate) => isvSvn >= candidate.isvSvn);
  const moduleStatus = moduleIdentity === undefined ? undefined : (module?.status ?? 'NotSupported');
  const ownStatus: TcbStatus = matched.sgx?.status === 'Revoked' ? 'Revoked' : (level?.status ?? 'NotSupported');
  const withModule = moduleStatus === undefined ? ownStatus : convergeStatus(ownStatus, moduleStatus);
  const launched =
    td?.td15 === undefined
      ? withModule
      : relaunchStatus(
          {
            sgx: matched.sgx?.status ?? 'NotSupported',
            tdx: withModule,
            module: moduleStatus ?? 'UpToDate',
            quotingEnclave: qeStatus,
          },
          tcbInfo,
          td.td15.teeTcbSvn2,
        );
  const parts: [Part | undefined, readonly Part[]][] = [
    [level, tcbInfo.levels],
    [module, moduleIdentity?.levels ?? []],
    [qe, identity.levels],
  ];
  const since = outOfDateSince(parts);
  return {
    tcb: {
      status: convergeStatus(launched, qeStatus),
      ...(level === undefined ? {} : { date: level.date }),
      ...(since === undefined ? {} : { outOfDateSince: since }),
      advisories: [...new Set(parts.flatMap(([part]) => part?.advisories ?? []))],
      evaluationNumber: Math.min(tcbInfo.evaluationNumber, identity.evaluationNumber),
      parts: {
        platform: ownStatus,
        ...(moduleStatus === undefined ? {} : { module: moduleStatus }),
        quotingEnclave: qeStatus,
      },
    },
    ...(moduleIdentity === undefined
      ? {}
      : {
          module: {
            id: moduleIdentity.id,
            isvSvn,
            status: moduleStatus!,
            ...(module === undefined ? {} : { date: module.date }),
          },
        }),
  };
}

/**
 * When the first outdated part became so: the earliest date of a level that is newer than the one it reached. A level's date
 * is that of the vendor's update it contains; the update came out on that day or later, so this never is too late.
 */
function outOfDateSince(parts: readonly (readonly [Part | undefined, readonly Part[]])[]): Date | undefined {
  const times = parts.flatMap(([part, levels]) =>
    part?.status === 'OutOfDate' || part?.status === 'OutOfDateConfigurationNeeded'
      ? levels.map(({ date }) => date.getTime()).filter((time) => time > part.date.getTime())
      : [],
  );
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
