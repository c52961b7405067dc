import { concatBytes, fromHex, utf8 } from '@encryptech/base';
import {
  createDevelopmentPki,
  createEndorsementStore,
  createSoftwareAttester,
  decodeEvidence,
  decodeRuntimeData,
  encodeEvidence,
  encodeRuntimeData,
  noEndorsements,
  replayEventLog,
  verifyEvidenceBody,
} from '@encryptech/attestation';
import { encode } from 'cborg';
import { sortDocument } from '../../packages/attestation/src/endorsements/sort-document.ts';
import { readEnclaveIdentity } from '../../packages/attestation/src/intel/enclave-identity.ts';
import { readQuote } from '../../packages/attestation/src/intel/read-quote.ts';
import { readSignedDocument } from '../../packages/attestation/src/intel/signed-document.ts';
import { readTcbInfo } from '../../packages/attestation/src/intel/tcb-info.ts';
import { readCoseSign1 } from '../../packages/attestation/src/nitro/read-cose-sign1.ts';
import { readDocument } from '../../packages/attestation/src/nitro/read-document.ts';
import { readEvidence } from '../../packages/attestation/src/read-evidence.ts';
import { readReport } from '../../packages/attestation/src/sev-snp/read-report.ts';
import { readCertificate } from '../../packages/attestation/src/x509/certificate.ts';
import { commonNameOf } from '../../packages/attestation/src/x509/common-name.ts';
import { readPemChain } from '../../packages/attestation/src/x509/pem-chain.ts';
import { readRevocationList } from '../../packages/attestation/src/x509/revocation-list.ts';
import { readSgxExtensions } from '../../packages/attestation/src/x509/sgx-extensions.ts';

/** A parser, and good inputs that changed ones are made from. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly parse: (bytes: Uint8Array) => unknown;
  /** One of this many inputs is tried: whole verifications cost signatures. */
  readonly share?: number;
}

const now = new Date('2026-07-01T12:00:00Z');
const pki = createDevelopmentPki(new Uint8Array(32).fill(1));
const platform = pki.platform('a');
const hex = (byte: number, length: number) => `0x${byte.toString(16).padStart(2, '0').repeat(length)}` as const;
const said = {
  version: 1,
  purpose: 'release',
  audience: { owner: hex(1, 20), chainId: 31_337, contract: hex(2, 20) },
  nonce: hex(3, 32),
  job: hex(4, 32),
  attempt: 0,
  dataset: hex(5, 32),
  configuration: hex(6, 32),
  hpkePublicKey: hex(7, 32),
  signer: hex(8, 20),
} as const;
const runtimeData = encodeRuntimeData(said);
const hybridRuntimeData = encodeRuntimeData({ ...said, kem: 'x-wing', hpkePublicKey: hex(7, 1216) });

/** What sets parsers back that call themselves: nests without an end, and lengths that promise much. */
export const HOSTILE: readonly Uint8Array[] = [
  new Uint8Array(16_000).fill(0x81),
  new Uint8Array(16_000).fill(0x30),
  new Uint8Array(16_000).fill(0xd2),
  utf8('['.repeat(60_000)),
  utf8('{"a":'.repeat(12_000)),
  Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x5b, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff),
  new Uint8Array(0),
];

/** Every parser that meets bytes of strangers. The seeds are made here, so that no sample is needed. */
export async function fuzzTargets(): Promise<FuzzTarget[]> {
  const attest = async (td: Parameters<typeof createSoftwareAttester>[0]['td'] = {}) =>
    createSoftwareAttester({ platform, measurement: new Uint8Array(48).fill(9), td }).attest(runtimeData);
  const evidence = await attest();
  const newer = await attest({ teeTcbSvn: svn(1, 1), teeTcbSvn2: svn(2, 1) });
  const collateral = pki.collateral({ issuedAt: now, revokedDevices: ['b', 'c'], revokedPlatformAuthority: true });
  const good = createEndorsementStore(pki.collateral({ issuedAt: now }).documents);
  const certificates = readPemChain(utf8(platform.certificateChain));
  const anchors = { vendor: {}, development: [pki.anchor] };
  const context = { now, anchors, endorsements: good };
  const quotes = [evidence.body, newer.body, sgxQuote(evidence.body)];
  const logs = [firmwareLog(), applicationLog()];
  const measurements = Object.fromEntries([0, 1, 2, 3].map((i) => [`rtmr${i}`, hex(0, 48)]));
  const reports = [2, 3, 4, 5].map(snpReport);
  const documents = [nitroDocument()];
  const messages = documents.map((payload) => nitroMessage(payload));
  const target = (name: string, seeds: readonly Uint8Array[], parse: FuzzTarget['parse'], share = 1): FuzzTarget => ({
    name,
    seeds,
    parse,
    share,
  });
  return [
    target('Intel quote (versions 3, 4, 5)', quotes, readQuote),
    target('X.509 certificate', certificates, (bytes) => {
      const certificate = readCertificate(bytes, ['p256', 'p384', 'rsa-pss']);
      commonNameOf(certificate.subject);
      if (certificate.sgxExtensions !== undefined) readSgxExtensions(certificate.sgxExtensions);
    }),
    target('PEM chain', [utf8(platform.certificateChain), collateral.issuerChain], readPemChain),
    target('revocation list', [collateral.pckRevocations, collateral.rootRevocations], readRevocationList),
    target('TCB info', [collateral.tcbInfo], (bytes) => readTcbInfo(readSignedDocument(bytes, 'tcbInfo').text)),
    target('QE identity', [collateral.enclaveIdentity], (bytes) =>
      readEnclaveIdentity(readSignedDocument(bytes, 'enclaveIdentity').text),
    ),
    target('event log', logs, (bytes) => replayEventLog(bytes, { measurements })),
    target('SEV-SNP report', reports, readReport),
    target('Nitro message', messages, readCoseSign1),
    target('Nitro document', documents, readDocument),
    target('runtime data', [runtimeData, hybridRuntimeData], decodeRuntimeData),
    target('evidence container', [encodeEvidence(evidence)], decodeEvidence),
    target('evidence file', [encodeEvidence(evidence), ...quotes, ...reports, ...messages, ...logs], (bytes) =>
      readEvidence(bytes),
    ),
    target('endorsement file', [...collateral.documents, ...certificates], sortDocument),
    target(
      'whole verification, software',
      quotes,
      (body) => verifyEvidenceBody({ kind: 'software', body }, context),
      50,
    ),
    ...(['tdx', 'sgx', 'sev-snp', 'nitro'] as const).map((kind) =>
      target(
        `whole verification, ${kind}`,
        kind === 'nitro' ? messages : kind === 'sev-snp' ? reports : quotes,
        (body) => verifyEvidenceBody({ kind, body }, { ...context, endorsements: noEndorsements }),
        10,
      ),
    ),
  ];
}

const svn = (...bytes: number[]) => Uint8Array.from({ length: 16 }, (_, index) => bytes[index] ?? 0);
const number = (value: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);

/** A version 3 quote out of the parts of a version 4 one: the shape is right, no signature is. */
function sgxQuote(body: Uint8Array): Uint8Array {
  const header = body.slice(0, 48);
  header.set(number(3, 2), 0);
  header.set(number(0, 4), 4);
  const data = concatBytes(body.subarray(636, 764), body.subarray(770));
  return concatBytes(header, body.subarray(770, 1_154), number(data.length, 4), data);
}

function firmwareLog(): Uint8Array {
  const algorithms = concatBytes(number(1, 4), number(0x000c, 2), number(48, 2), number(0, 1));
  const specification = concatBytes(utf8('Spec ID Event03\0'), new Uint8Array(8), algorithms);
  const header = [number(0, 4), number(3, 4), new Uint8Array(20), number(specification.length, 4), specification];
  const event = (index: number) => [
    number(index, 4),
    number(8, 4),
    number(1, 4),
    number(0x000c, 2),
    new Uint8Array(48).fill(index),
    number(4, 4),
    utf8('what'),
  ];
  return concatBytes(...header, ...event(1), ...event(2), ...event(4));
}

const applicationLog = (): Uint8Array =>
  utf8(
    JSON.stringify([
      { imr: 0, event_type: 8, digest: '11'.repeat(48), event: '', event_payload: '00ff' },
      { imr: 3, event_type: 9, digest: '22'.repeat(48), event: 'compose-hash', event_payload: '' },
    ]),
  );

function snpReport(version: number): Uint8Array {
  const report = new Uint8Array(1_184);
  report.set(number(version, 4), 0);
  report.set(number(0x30000, 4), 8);
  report.set(number(1, 4), 0x34);
  if (version > 2) report.set(Uint8Array.of(0x19, 0x11), 0x188);
  report.fill(0x55, 0x2a0, 0x2a0 + 48);
  report.fill(0x66, 0x2a0 + 72, 0x2a0 + 120);
  return report;
}

const nitroDocument = (): Uint8Array =>
  encode(
    new Map<string, unknown>([
      ['module_id', 'i-0-enc'],
      ['digest', 'SHA384'],
      ['timestamp', 1_780_000_000_000],
      ['pcrs', new Map([0, 1, 2].map((index) => [index, new Uint8Array(48).fill(index + 1)]))],
      ['certificate', new Uint8Array(640).fill(0x30)],
      ['cabundle', [new Uint8Array(500).fill(0x30), new Uint8Array(700).fill(0x30)]],
      ['public_key', fromHex('ab'.repeat(65))],
      ['user_data', new Uint8Array(64)],
      ['nonce', null],
    ]),
  );

const nitroMessage = (payload: Uint8Array): Uint8Array =>
  encode([fromHex('a1013822'), new Map(), payload, new Uint8Array(96).fill(7)]);
