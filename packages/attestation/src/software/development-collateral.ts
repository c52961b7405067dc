import { toHex, utf8 } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import type { LevelStatus } from '../intel/tcb-info.ts';
import { writePemChain } from '../x509/pem-chain.ts';
import { DEVELOPMENT_NAMES } from './development-names.ts';
import { QE_ATTRIBUTES, QE_SIGNER } from './sign-quote.ts';
import { writeRevocationList } from './write-revocation-list.ts';

/** What the vendor of a development hierarchy says of one TCB level. */
export interface DevelopmentLevel {
  /** The security version that the level asks for: of the PCE for platforms, else of module or quoting enclave. */
  readonly svn: number;
  readonly status: LevelStatus;
  readonly date: Date;
  readonly advisories?: readonly string[];
}

export interface DevelopmentCollateralOptions {
  readonly issuedAt: Date;
  /** Default: 30 days after the issue, as Intel's. */
  readonly nextUpdate?: Date;
  readonly evaluationNumber?: number;
  /** Default of each list: one level of version 0 that is up to date. Simulated machines have version 0. */
  readonly platform?: readonly DevelopmentLevel[];
  /** Of the TDX module of version 1, for TDs that say they run under it. */
  readonly module?: readonly DevelopmentLevel[];
  readonly quotingEnclave?: readonly DevelopmentLevel[];
  /** Names of machines whose certificates are revoked. */
  readonly revokedDevices?: readonly string[];
  readonly revokedPlatformAuthority?: boolean;
  readonly revokedTcbSigner?: boolean;
}

/** Documents as Intel's service gives them out, of a development hierarchy. */
export interface DevelopmentCollateral {
  /** PCS body. */
  readonly tcbInfo: Uint8Array;
  /** PCS body. */
  readonly enclaveIdentity: Uint8Array;
  /** PEM: TCB signer and root. */
  readonly issuerChain: Uint8Array;
  /** DER. */
  readonly rootRevocations: Uint8Array;
  /** DER. */
  readonly pckRevocations: Uint8Array;
  /** All of them, as `createEndorsementStore` takes them. */
  readonly documents: readonly Uint8Array[];
}

/** The secrets and certificates that {@link writeDevelopmentCollateral} signs with. */
export interface CollateralSigners {
  readonly rootKey: Uint8Array;
  readonly platformAuthorityKey: Uint8Array;
  readonly tcbSignerKey: Uint8Array;
  readonly tcbSigner: Uint8Array;
  readonly root: Uint8Array;
  serialOf(device: string): Uint8Array;
  readonly platformAuthoritySerial: Uint8Array;
  readonly tcbSignerSerial: Uint8Array;
}

const MONTH_MS = 30 * 86_400_000;
const FIRST_LEVEL: readonly DevelopmentLevel[] = [
  { svn: 0, status: 'UpToDate', date: new Date('2024-01-01T00:00:00Z') },
];

/** The collateral that a development hierarchy's vendor would publish. Deterministic. */
export function writeDevelopmentCollateral(
  options: DevelopmentCollateralOptions,
  signers: CollateralSigners,
): DevelopmentCollateral {
  const { issuedAt, evaluationNumber = 18 } = options;
  const nextUpdate = options.nextUpdate ?? new Date(issuedAt.getTime() + MONTH_MS);
  const dates = { issueDate: iso(issuedAt), nextUpdate: iso(nextUpdate), tcbEvaluationDataNumber: evaluationNumber };
  const sign = (member: string, statement: object) => {
    const text = JSON.stringify(statement);
    const signature = p256.sign(utf8(text), signers.tcbSignerKey, { lowS: false });
    return utf8(`{"${member}":${text},"signature":"${hex(signature)}"}`);
  };
  const tcbInfo = sign('tcbInfo', { id: 'TDX', version: 3, ...dates, ...tcbInfoOf(options) });
  const enclaveIdentity = sign('enclaveIdentity', { id: 'TD_QE', version: 2, ...dates, ...identityOf(options) });
  const issuerChain = utf8(writePemChain([signers.tcbSigner, signers.root]));
  const list = (issuer: string, issuerKey: Uint8Array, revoked: readonly Uint8Array[]) =>
    writeRevocationList({ issuer, issuerKey, thisUpdate: issuedAt, nextUpdate, revoked });
  const rootRevocations = list(DEVELOPMENT_NAMES.root, signers.rootKey, [
    ...(options.revokedPlatformAuthority === true ? [signers.platformAuthoritySerial] : []),
    ...(options.revokedTcbSigner === true ? [signers.tcbSignerSerial] : []),
  ]);
  const pckRevocations = list(
    DEVELOPMENT_NAMES.platformAuthorities[0],
    signers.platformAuthorityKey,
    (options.revokedDevices ?? []).map((device) => signers.serialOf(device)),
  );
  return {
    tcbInfo,
    enclaveIdentity,
    issuerChain,
    rootRevocations,
    pckRevocations,
    documents: [tcbInfo, enclaveIdentity, issuerChain, rootRevocations, pckRevocations],
  };
}

function tcbInfoOf({ platform = FIRST_LEVEL, module = FIRST_LEVEL }: DevelopmentCollateralOptions): object {
  const components = Array.from({ length: 16 }, () => ({ svn: 0 }));
  const seam = { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) };
  return {
    fmspc: '00'.repeat(6),
    pceId: '0000',
    tcbType: 0,
    tdxModule: seam,
    tdxModuleIdentities: [{ id: 'TDX_01', ...seam, tcbLevels: svnLevels(module) }],
    tcbLevels: platform.map((level) => ({
      tcb: { sgxtcbcomponents: components, pcesvn: level.svn, tdxtcbcomponents: components },
      ...judgement(level),
    })),
  };
}

function identityOf({ quotingEnclave = FIRST_LEVEL }: DevelopmentCollateralOptions): object {
  return {
    miscselect: '00'.repeat(4),
    miscselectMask: 'FF'.repeat(4),
    attributes: hex(QE_ATTRIBUTES),
    attributesMask: 'FF'.repeat(16),
    mrsigner: hex(QE_SIGNER),
    isvprodid: 0,
    tcbLevels: svnLevels(quotingEnclave),
  };
}

const svnLevels = (levels: readonly DevelopmentLevel[]): object[] =>
  levels.map((level) => ({ tcb: { isvsvn: level.svn }, ...judgement(level) }));

const judgement = ({ status, date, advisories = [] }: DevelopmentLevel): object => ({
  tcbDate: iso(date),
  tcbStatus: status,
  ...(advisories.length === 0 ? {} : { advisoryIDs: advisories }),
});

const iso = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
const hex = (bytes: Uint8Array): string => toHex(bytes).slice(2).toUpperCase();
