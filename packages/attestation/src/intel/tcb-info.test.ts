import { expect, test } from 'vitest';
import { codeOf, pki } from '../../test/fixture.ts';
import { readEnclaveIdentity } from './enclave-identity.ts';
import { readSignedDocument } from './signed-document.ts';
import { readTcbInfo } from './tcb-info.ts';

const issuedAt = new Date('2026-06-01T00:00:00Z');
const level = (svn: number) => ({ svn, status: 'UpToDate', date: issuedAt }) as const;
const { tcbInfo, enclaveIdentity } = pki.collateral({ issuedAt, platform: [level(1), level(3), level(2)] });
const info = readSignedDocument(tcbInfo, 'tcbInfo').text;
const identity = readSignedDocument(enclaveIdentity, 'enclaveIdentity').text;

test('levels are sorted highest first, whatever their order in the document', () => {
  expect(readTcbInfo(info).levels.map(({ pceSvn }) => pceSvn)).toEqual([3, 2, 1]);
});

test('a document of another version, type or shape is refused', async () => {
  const changes: [string, string][] = [
    ['"id":"TDX"', '"id":"TDY"'],
    ['"version":3', '"version":2'],
    ['"tcbType":0', '"tcbType":1'],
    ['"tcbType":0', '"tcbType":"0"'],
    ['"fmspc":"000000000000"', '"fmspc":"00000000000"'],
    ['"fmspc":"000000000000"', '"fmspc":"00000000000g"'],
    ['"tcbStatus":"UpToDate"', '"tcbStatus":"Fine"'],
    ['"issueDate":"2026-06-01T00:00:00Z"', '"issueDate":"2026-06-01"'],
    ['"issueDate":"2026-06-01T00:00:00Z"', '"issueDate":"2026-02-30T00:00:00Z"'],
    ['"pcesvn":1', '"pcesvn":-1'],
    ['"pcesvn":1', '"pcesvn":1.5'],
    ['{"svn":0},', ''],
    ['"tcbLevels":[{"tcb":{"sgx', '"tcbLevel":[{"tcb":{"sgx'],
    ['"tdxModule":', '"tdxmodule":'],
  ];
  expect(await codeOf(() => readTcbInfo(info))).toBe('ok');
  for (const [from, to] of changes) {
    expect(info, from).toContain(from);
    expect(await codeOf(() => readTcbInfo(info.replace(from, to))), to).toBe('attestation.badEndorsement');
  }
});

test('an identity of another version or shape is refused', async () => {
  expect(await codeOf(() => readEnclaveIdentity(identity))).toBe('ok');
  for (const [from, to] of [
    ['"id":"TD_QE"', '"id":"QVE"'],
    ['"version":2', '"version":1'],
    ['"miscselect":"00000000"', '"miscselect":"000000"'],
    ['"isvprodid":0', '"isvprodid":70000'],
    ['"attributesMask":', '"mask":'],
  ] as const) {
    expect(identity, from).toContain(from);
    expect(await codeOf(() => readEnclaveIdentity(identity.replace(from, to))), to).toBe('attestation.badEndorsement');
  }
});
