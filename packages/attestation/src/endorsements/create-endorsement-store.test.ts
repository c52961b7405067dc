import { toHex, utf8, type Hex } from '@encryptech/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, now, pki } from '../../test/fixture.ts';
import type { EndorsementQuery } from '../verifier.ts';
import { writePemChain } from '../x509/pem-chain.ts';
import { createEndorsementStore } from './create-endorsement-store.ts';

const collateral = pki.collateral({ issuedAt: new Date('2026-06-20T00:00:00Z') });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const get = async (
  documents: readonly Uint8Array[],
  type: EndorsementQuery['type'],
  subject: string,
  time = now,
  kind: EndorsementQuery['kind'] = 'tdx',
): Promise<Hex | undefined> => {
  const found = await createEndorsementStore(documents).get({ kind, type, subject }, time);
  return found === undefined ? undefined : toHex(found);
};
const FMSPC = '000000000000';
const PLATFORM_CA = 'Encryptech Development PCK Platform CA';

test('finds each document of a hierarchy, byte for byte', async () => {
  const { documents } = collateral;
  expect(await get(documents, 'tcb-info', FMSPC)).toBe(toHex(collateral.tcbInfo));
  expect(await get(documents, 'enclave-identity', 'TD_QE')).toBe(toHex(collateral.enclaveIdentity));
  expect(await get(documents, 'issuer-chain', 'tcb-info')).toBe(toHex(collateral.issuerChain));
  expect(await get(documents, 'issuer-chain', 'enclave-identity')).toBe(toHex(collateral.issuerChain));
  expect(await get(documents, 'revocation-list', PLATFORM_CA)).toBe(toHex(collateral.pckRevocations));
  expect(await get(documents, 'revocation-list', 'Nobody')).toBeUndefined();
  expect(await get([], 'tcb-info', FMSPC)).toBeUndefined();
});

test('one JSON with all of them is the same, and the signed text stays as it was', async () => {
  const inner = (bytes: Uint8Array) => /^\{"\w+":(.*),"signature":"(\w+)"\}$/s.exec(text(bytes))!;
  const [, tcbInfo, tcbSignature] = inner(collateral.tcbInfo);
  const [, identity, identitySignature] = inner(collateral.enclaveIdentity);
  const other = text(collateral.issuerChain).replace('\n', '\n\n');
  const bundle = utf8(
    JSON.stringify({
      tcb_info: tcbInfo,
      tcb_info_signature: tcbSignature,
      tcb_info_issuer_chain: text(collateral.issuerChain),
      qe_identity: identity,
      qe_identity_signature: identitySignature,
      qe_identity_issuer_chain: other,
      pck_crl: toHex(collateral.pckRevocations).slice(2),
      root_ca_crl: toHex(collateral.rootRevocations).slice(2),
    }),
  );
  expect(await get([bundle], 'tcb-info', FMSPC)).toBe(toHex(collateral.tcbInfo));
  expect(await get([bundle], 'enclave-identity', 'TD_QE')).toBe(toHex(collateral.enclaveIdentity));
  expect(await get([bundle], 'issuer-chain', 'tcb-info')).toBe(toHex(collateral.issuerChain));
  expect(await get([bundle], 'issuer-chain', 'enclave-identity')).toBe(toHex(utf8(other)));
  expect(await get([bundle], 'revocation-list', PLATFORM_CA)).toBe(toHex(collateral.pckRevocations));
});

test('of several, the newest that is valid at the time; where none fits, the last of the type', async () => {
  const older = pki.collateral({ issuedAt: new Date('2026-06-10T00:00:00Z') });
  const later = pki.collateral({ issuedAt: new Date('2026-07-10T00:00:00Z') });
  const all = [...collateral.documents, ...later.documents, ...older.documents];
  expect(await get(all, 'tcb-info', FMSPC)).toBe(toHex(collateral.tcbInfo));
  expect(await get(all, 'tcb-info', FMSPC, new Date('2026-06-15T00:00:00Z'))).toBe(toHex(older.tcbInfo));
  expect(await get(all, 'revocation-list', PLATFORM_CA, new Date('2026-07-15T00:00:00Z'))).toBe(
    toHex(later.pckRevocations),
  );
  expect(await get(all, 'tcb-info', FMSPC, new Date('2030-01-01T00:00:00Z'))).toBe(toHex(older.tcbInfo));
  expect(await get(collateral.documents, 'tcb-info', 'ffffffffffff')).toBe(toHex(collateral.tcbInfo));
  expect(await get(collateral.documents, 'tcb-info', FMSPC, now, 'sgx')).toBe(toHex(collateral.tcbInfo));
});

test('certificates are found by their common name, in PEM with comments and other line ends too', async () => {
  const root = pki.anchor.certificate;
  const name = 'Encryptech Development Root CA';
  const pem = writePemChain([root]);
  for (const document of [root, utf8(pem), utf8(`# root\n${pem.replaceAll('\n', '\r\n')}`), utf8(toHex(root).slice(2))])
    expect(await get([document], 'certificate', name)).toBe(toHex(root));
  expect(await get([root], 'certificate', 'VCEK/Milan/00/00')).toBeUndefined();
});

test('what is no document is refused with a typed error, whatever it is', async () => {
  for (const bad of ['', 'text', '{}', '{', '[]', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])
    expect(await codeOf(() => createEndorsementStore([utf8(bad)])), bad).toMatch(
      /^attestation\.(badEndorsement|badCertificate)$/,
    );
  expect(await codeOf(() => createEndorsementStore([new Uint8Array(262_145)]))).toBe('attestation.tooLarge');
  expect(await codeOf(() => createEndorsementStore(Array<Uint8Array>(65).fill(pki.anchor.certificate)))).toBe(
    'attestation.tooLarge',
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(utf8)), async (bytes) => {
      expect(await codeOf(() => createEndorsementStore([bytes]))).toMatch(
        /^attestation\.(badEndorsement|badCertificate|badRevocationList)$/,
      );
    }),
  );
});
