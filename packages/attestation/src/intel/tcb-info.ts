import { attestationError } from '../errors.ts';
import { jsonFields, type JsonFields } from './json-fields.ts';

/** Statuses of TCB levels (Intel PCS API, "TcbInfo"): any other word is refused. */
export const LEVEL_STATUSES = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
] as const;
export type LevelStatus = (typeof LEVEL_STATUSES)[number];

/** What Intel says of platforms that have at least these versions. */
export interface TcbLevel {
  readonly sgxComponents: readonly number[];
  readonly pceSvn: number;
  /** 16 numbers for TDX, none for SGX. */
  readonly tdxComponents: readonly number[];
  readonly status: LevelStatus;
  readonly date: Date;
  readonly advisories: readonly string[];
}

/** What Intel says of one security version of an enclave or of the TDX module. */
export interface SvnLevel {
  readonly isvSvn: number;
  readonly status: LevelStatus;
  readonly date: Date;
  readonly advisories: readonly string[];
}

/** Which TDX module is expected: the one of version 0, or one of a numbered version. */
export interface TdxModule {
  readonly mrSigner: Uint8Array;
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
}

export interface TdxModuleIdentity extends TdxModule {
  /** `TDX_` and the module's version in two hex digits. */
  readonly id: string;
  /** Highest version first. */
  readonly levels: readonly SvnLevel[];
}

/** TCB info of version 3 (Intel PCS API, "TcbInfo"). */
export interface TcbInfo {
  readonly id: 'SGX' | 'TDX';
  readonly issueDate: Date;
  readonly nextUpdate: Date;
  readonly fmspc: Uint8Array;
  readonly pceId: Uint8Array;
  readonly evaluationNumber: number;
  /** There for TDX. */
  readonly module?: TdxModule;
  readonly moduleIdentities: readonly TdxModuleIdentity[];
  /** Highest first. */
  readonly levels: readonly TcbLevel[];
}

const COMPONENTS = 16;

/**
 * TCB info out of its JSON.
 *
 * @throws `attestation.badEndorsement`
 */
export function readTcbInfo(text: string): TcbInfo {
  const json = jsonFields(text, 'tcbInfo');
  const id = json.text('id');
  if (id !== 'SGX' && id !== 'TDX') throw bad(`is about ${JSON.stringify(id.slice(0, 20))}, neither SGX nor TDX`);
  if (json.integer('version', 255) !== 3) throw bad('is not of version 3');
  if (json.integer('tcbType', 255) !== 0) throw bad('is not of TCB type 0');
  const isTdx = id === 'TDX';
  return {
    id,
    issueDate: json.date('issueDate'),
    nextUpdate: json.date('nextUpdate'),
    fmspc: json.bytes('fmspc', 6),
    pceId: json.bytes('pceId', 2),
    evaluationNumber: json.integer('tcbEvaluationDataNumber', 0xffff_ffff),
    ...(isTdx ? { module: readModule(json.object('tdxModule')) } : {}),
    moduleIdentities: isTdx ? json.objects('tdxModuleIdentities', 'absent-is-empty').map(readModuleIdentity) : [],
    levels: json
      .objects('tcbLevels')
      .map((level) => readLevel(level, isTdx))
      .sort(highestFirst),
  };
}

/** A TCB level of an enclave identity or a module identity. */
export function readSvnLevels(json: JsonFields): SvnLevel[] {
  return json
    .objects('tcbLevels')
    .map((level) => ({ isvSvn: level.object('tcb').integer('isvsvn', 0xffff), ...judgement(level) }))
    .sort((a, b) => b.isvSvn - a.isvSvn);
}

function readLevel(json: JsonFields, isTdx: boolean): TcbLevel {
  const tcb = json.object('tcb');
  const components = (name: string) => {
    const items = tcb.objects(name);
    if (items.length !== COMPONENTS) throw bad(`has ${items.length} ${name} in a level, not ${COMPONENTS}`);
    return items.map((item) => item.integer('svn', 255));
  };
  return {
    sgxComponents: components('sgxtcbcomponents'),
    pceSvn: tcb.integer('pcesvn', 0xffff),
    tdxComponents: isTdx ? components('tdxtcbcomponents') : [],
    ...judgement(json),
  };
}

function judgement(json: JsonFields): Pick<TcbLevel, 'status' | 'date' | 'advisories'> {
  const word = json.text('tcbStatus');
  const status = LEVEL_STATUSES.find((known) => known === word);
  if (status === undefined) throw bad(`has the unknown status ${JSON.stringify(word.slice(0, 40))}`);
  return { status, date: json.date('tcbDate'), advisories: json.texts('advisoryIDs', 'absent-is-empty') };
}

const readModule = (json: JsonFields): TdxModule => ({
  mrSigner: json.bytes('mrsigner', 48),
  attributes: json.bytes('attributes', 8),
  attributesMask: json.bytes('attributesMask', 8),
});

const readModuleIdentity = (json: JsonFields): TdxModuleIdentity => ({
  id: json.text('id'),
  ...readModule(json),
  levels: readSvnLevels(json),
});

/** Intel's library sorts levels by SGX components, then PCE version, then TDX components, highest first. */
function highestFirst(a: TcbLevel, b: TcbLevel): number {
  const [left, right] = [a, b].map(({ sgxComponents, pceSvn, tdxComponents }) => [
    ...sgxComponents,
    pceSvn,
    ...tdxComponents,
  ]);
  const at = left!.findIndex((svn, index) => svn !== right![index]);
  return at < 0 ? 0 : right![at]! - left![at]!;
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badEndorsement', message: `TCB info ${message}.`, place: 'tcbInfo' });
