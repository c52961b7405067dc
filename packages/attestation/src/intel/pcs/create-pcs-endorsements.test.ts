import { toHex, utf8 } from '@encryptech/base';
import { expect, test } from 'vitest';
import { now, pki } from '../../../test/fixture.ts';
import { intelSample, verifySample } from '../../../test/intel-samples.ts';
import { testWithSamples } from '../../../test/tee-samples.ts';
import type { EndorsementQuery } from '../../verifier.ts';
import { createPcsEndorsements, type PcsEndorsementsOptions } from './create-pcs-endorsements.ts';

const DAY_MS = 86_400_000;
const published = pki.collateral({ issuedAt: new Date(now.getTime() - DAY_MS) });
const SERVICE = 'https://api.trustedservices.intel.com';
const TCB = `${SERVICE}/tdx/certification/v4/tcb?fmspc=000000000000`;
const QE = `${SERVICE}/tdx/certification/v4/qe/identity`;
const PCK_CRL = `${SERVICE}/sgx/certification/v4/pckcrl?ca=platform&encoding=der`;
const ROOT_CRL = 'https://certificates.trustedservices.intel.com/IntelSGXRootCA.der';

/** The form that the service's answers have: documents in the body, issuer chains percent-encoded in a header. */
const chain = encodeURIComponent(new TextDecoder().decode(published.issuerChain));
const answers: Record<string, () => Response> = {
  [TCB]: () =>
    new Response(new TextDecoder().decode(published.tcbInfo), {
      headers: { 'content-type': 'application/json', 'request-id': '1', 'TCB-Info-Issuer-Chain': chain },
    }),
  [QE]: () =>
    new Response(new TextDecoder().decode(published.enclaveIdentity), {
      headers: { 'content-type': 'application/json', 'SGX-Enclave-Identity-Issuer-Chain': chain },
    }),
  [PCK_CRL]: () =>
    new Response(published.pckRevocations.slice(), {
      headers: { 'content-type': 'application/pkix-crl', 'SGX-PCK-CRL-Issuer-Chain': chain },
    }),
  [ROOT_CRL]: () => new Response(published.rootRevocations.slice()),
};

function service(changes: Record<string, () => Response> = {}, options: Partial<PcsEndorsementsOptions> = {}) {
  const asked: string[] = [];
  const failures: string[] = [];
  const endorsements = createPcsEndorsements({
    fetch(url, { redirect }) {
      expect(redirect).toBe('error');
      asked.push(url);
      const answer = changes[url] ?? answers[url];
      return answer === undefined ? Promise.reject(new Error('no route')) : Promise.resolve(answer());
    },
    onFailure: ({ message }) => failures.push(message),
    ...options,
  });
  const get = async (type: EndorsementQuery['type'], subject: string, time = now, kind: 'tdx' | 'sgx' = 'tdx') => {
    const bytes = await endorsements.get({ kind, type, subject }, time);
    return bytes === undefined ? undefined : toHex(bytes);
  };
  return { asked, failures, get, endorsements };
}

test('asks the paths of version 4 and gives back bodies byte for byte, chains out of headers', async () => {
  const { get, asked, failures } = service();
  expect(await get('issuer-chain', 'tcb-info')).toBeUndefined();
  expect(await get('tcb-info', '000000000000')).toBe(toHex(published.tcbInfo));
  expect(await get('enclave-identity', 'TD_QE')).toBe(toHex(published.enclaveIdentity));
  expect(await get('issuer-chain', 'tcb-info')).toBe(toHex(published.issuerChain));
  expect(await get('issuer-chain', 'enclave-identity')).toBe(toHex(published.issuerChain));
  expect(await get('revocation-list', 'Intel SGX PCK Platform CA')).toBe(toHex(published.pckRevocations));
  expect(await get('revocation-list', 'Intel SGX Root CA')).toBe(toHex(published.rootRevocations));
  expect([asked, failures]).toEqual([[TCB, QE, PCK_CRL, ROOT_CRL], []]);
});

test('asks once a day, together with others who ask meanwhile, and not after the next update', async () => {
  const { get, asked } = service();
  await Promise.all([get('tcb-info', '000000000000'), get('tcb-info', '000000000000')]);
  await get('tcb-info', '000000000000', new Date(now.getTime() + DAY_MS));
  expect(asked.length).toBe(1);
  await get('tcb-info', '000000000000', new Date(now.getTime() + DAY_MS + 1));
  expect(asked.length).toBe(2);
  await get('tcb-info', '000000000000', new Date(now.getTime() - 1));
  expect(asked.length).toBe(3);
});

test('a document is asked for anew as soon as it has ended, though it was fetched just before', async () => {
  const { get, asked } = service({}, { refreshSec: 100 * 86_400 });
  const end = now.getTime() + 29 * DAY_MS;
  await get('tcb-info', '000000000000', new Date(end));
  expect(asked.length).toBe(1);
  await get('tcb-info', '000000000000', new Date(end + 1));
  expect(asked.length).toBe(2);
});

test('what fails is told, answered from the cache where there is something, else not at all', async () => {
  let isDown = false;
  const { get, failures } = service({ [TCB]: () => (isDown ? new Response('', { status: 503 }) : answers[TCB]!()) });
  expect(await get('enclave-identity', 'QE', now, 'sgx')).toBeUndefined();
  expect(failures).toEqual(['no route']);
  await get('tcb-info', '000000000000');
  isDown = true;
  const later = new Date(now.getTime() + 3 * DAY_MS);
  expect(await get('tcb-info', '000000000000', later)).toBe(toHex(published.tcbInfo));
  expect(failures.at(-1)).toBe('The service answered 503 for tcb-info 000000000000.');
});

test('answers that are too long, of another type, without chain or garbage are no answers', async () => {
  const bodies: [string, () => Response][] = [
    ['longer than', () => new Response(new Uint8Array(300_000), { headers: { 'TCB-Info-Issuer-Chain': chain } })],
    ['something else', () => new Response(answers[QE]!().body, { headers: { 'TCB-Info-Issuer-Chain': chain } })],
    ['no issuer chain', () => new Response(utf8('{}').slice())],
    ['neither JSON, PEM nor DER', () => new Response('<html>', { headers: { 'TCB-Info-Issuer-Chain': chain } })],
    ['404', () => new Response('', { status: 404 })],
    [
      'characters',
      () => new Response(answers[TCB]!().body, { headers: { 'TCB-Info-Issuer-Chain': 'x'.repeat(20_000) } }),
    ],
    ['URI malformed', () => new Response(answers[TCB]!().body, { headers: { 'TCB-Info-Issuer-Chain': '%E0%A4%A' } })],
  ];
  for (const [message, answer] of bodies) {
    const { get, failures } = service({ [TCB]: answer });
    expect(await get('tcb-info', '000000000000')).toBeUndefined();
    expect(failures[0]).toContain(message);
  }
});

test('only what the service has is asked for; subjects cannot reach into the address', async () => {
  const { endorsements, get, asked } = service();
  for (const kind of ['software', 'sev-snp', 'nitro'] as const)
    expect(await endorsements.get({ kind, type: 'tcb-info', subject: '000000000000' }, now)).toBeUndefined();
  for (const [type, subject] of [
    ['tcb-info', '00&x=../..'],
    ['enclave-identity', 'QE'],
    ['revocation-list', 'ARK-Milan'],
    ['certificate', 'PCK'],
  ] as const)
    expect(await get(type, subject)).toBeUndefined();
  expect(asked).toEqual([]);
});

testWithSamples('genuine collateral in the form of the service’s answers verifies a genuine quote', async () => {
  const sample = intelSample('tdx-v4-uptodate');
  const { endorsements: store, now: time } = sample.context;
  const document = async (type: EndorsementQuery['type'], subject: string) =>
    (await store.get({ kind: 'tdx', type, subject }, time))!.slice();
  const header = encodeURIComponent(new TextDecoder().decode(await document('issuer-chain', 'tcb-info')));
  const tcbInfo = await document('tcb-info', 'b0c06f000000');
  const identity = await document('enclave-identity', 'TD_QE');
  const lists = await Promise.all(
    ['Intel SGX PCK Platform CA', 'Intel SGX Root CA'].map((name) => document('revocation-list', name)),
  );
  const { endorsements } = service({
    [TCB.replace('000000000000', 'b0c06f000000')]: () =>
      new Response(tcbInfo, { headers: { 'TCB-Info-Issuer-Chain': header } }),
    [QE]: () => new Response(identity, { headers: { 'SGX-Enclave-Identity-Issuer-Chain': header } }),
    [PCK_CRL]: () => new Response(lists[0]),
    [ROOT_CRL]: () => new Response(lists[1]),
  });
  expect(await verifySample(sample, { endorsements })).toEqual(await verifySample(sample));
});
