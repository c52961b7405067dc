import { toHex } from '@encryptech/base';
import { beforeAll, expect, test } from 'vitest';
import { AMD_TIME, amdChain, amdCrl, CHIP_ID, makeAmdKeys, snpReport, type AmdChain } from '../../../test/amd-pki.ts';
import { combineEndorsements } from '../../endorsements/combine-endorsements.ts';
import { createEndorsementStore } from '../../endorsements/create-endorsement-store.ts';
import type { EndorsementQuery } from '../../verifier.ts';
import { writePemChain } from '../../x509/pem-chain.ts';
import { sevSnpVerifier } from '../sev-snp-verifier.ts';
import { createKdsEndorsements, type KdsEndorsementsOptions } from './create-kds-endorsements.ts';
import { kdsRequest } from './kds-request.ts';

const KDS = 'https://kdsintf.amd.com';
const CHIP = toHex(CHIP_ID.Genoa).slice(2);
const VCEK = `${KDS}/vcek/v1/Genoa/${CHIP}?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=84`;
const CHAIN = `${KDS}/vcek/v1/Genoa/cert_chain`;
const CRL = `${KDS}/vcek/v1/Genoa/crl`;

let chain: AmdChain;
/** The form that the service's answers have: DER of a VCEK or a list, PEM of ASK then ARK. */
let answers: Record<string, () => Response>;
beforeAll(() => {
  const keys = makeAmdKeys();
  chain = amdChain(keys);
  const [crl, pem] = [amdCrl(keys), writePemChain([chain.ask, chain.ark])];
  answers = {
    [VCEK]: () => new Response(chain.vek.slice(), { headers: { 'content-type': 'application/pkix-cert' } }),
    [CHAIN]: () => new Response(pem, { headers: { 'content-type': 'application/x-pem-file' } }),
    [CRL]: () => new Response(crl.slice(), { headers: { 'content-type': 'application/pkix-crl' } }),
  };
}, 60_000);

function service(changes: Record<string, () => Response> = {}, options: Partial<KdsEndorsementsOptions> = {}) {
  const asked: string[] = [];
  const failures: string[] = [];
  const endorsements = createKdsEndorsements({
    fetch(url, { redirect }) {
      expect(redirect).toBe('error');
      asked.push(url);
      const answer = changes[url] ?? answers[url];
      return answer === undefined ? Promise.reject(new Error('no route')) : Promise.resolve(answer());
    },
    onFailure: ({ message }) => failures.push(message),
    ...options,
  });
  const context = {
    now: AMD_TIME,
    anchors: { vendor: { 'sev-snp': [chain.anchor] }, development: [] },
    endorsements,
  };
  return {
    asked,
    failures,
    endorsements,
    verify: (now = AMD_TIME) => sevSnpVerifier.verify({ body: snpReport() }, { ...context, now }),
  };
}
const query = (type: EndorsementQuery['type'], subject: string): EndorsementQuery => ({
  kind: 'sev-snp',
  type,
  subject,
});

test.each([
  [
    query('certificate', `VCEK/Genoa/${'ab'.repeat(64)}/0a00000000001754`),
    `/vcek/v1/Genoa/${'ab'.repeat(64)}?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=84`,
  ],
  [
    query('certificate', `VCEK/Turin/${'cd'.repeat(8)}/0102030400000050`),
    `/vcek/v1/Turin/${'cd'.repeat(8)}?fmcSPL=01&blSPL=02&teeSPL=03&snpSPL=04&ucodeSPL=80`,
  ],
  [query('certificate', 'SEV-Milan'), '/vcek/v1/Milan/cert_chain'],
  [query('certificate', 'ARK-Milan'), '/vcek/v1/Milan/cert_chain'],
  [query('certificate', 'SEV-VLEK-Turin'), '/vlek/v1/Turin/cert_chain'],
  [query('revocation-list', 'ARK-Turin'), '/vcek/v1/Turin/crl'],
])('the path of %j', (asked, path) => {
  expect(kdsRequest(asked, KDS)?.url).toBe(`${KDS}${path}`);
});

test.each([
  query('certificate', 'VLEK/Milan'),
  query('certificate', 'SEV-Rome'),
  query('certificate', 'PCK'),
  query('certificate', 'VCEK/Milan/../../x/0a00000000001754'),
  query('certificate', `VCEK/Milan/${'ab'.repeat(64)}/0a`),
  query('revocation-list', 'SEV-Milan'),
  query('tcb-info', 'Milan'),
  { kind: 'tdx', type: 'certificate', subject: 'ARK-Milan' } as const,
])('nothing is asked for %j', (asked) => {
  expect(kdsRequest(asked, KDS)).toBeUndefined();
});

test('a report verifies with what the service gives, and everything is asked for once', async () => {
  const { verify, asked, failures } = service();
  const claims = await verify();
  expect(claims).toMatchObject({ revocation: 'checked', product: 'Genoa' });
  expect(asked).toEqual([VCEK, CHAIN, CRL]);
  await verify();
  expect(asked).toHaveLength(3);
  expect(failures).toEqual([]);
});

test('a list is asked for again after a day, certificates never; without an answer the old one goes on', async () => {
  const changes: Record<string, () => Response> = {};
  const { verify, asked, failures } = service(changes);
  await verify();
  changes[CRL] = () => new Response('', { status: 503 });
  const later = new Date(AMD_TIME.getTime() + 86_400_001);
  expect((await verify(later)).revocation).toBe('checked');
  expect(asked).toEqual([VCEK, CHAIN, CRL, CRL]);
  expect(failures).toEqual(['The service answered 503.']);
  // Beyond the end of the old list revocation is unknown, never assumed.
  expect((await verify(new Date('2026-07-31T00:00:00Z'))).revocation).toBe('unknown');
});

test('after "too many requests" the service is left alone for as long as it asks', async () => {
  const busy = { [VCEK]: () => new Response('', { status: 429, headers: { 'retry-after': '120' } }) };
  const { verify, asked, failures } = service(busy);
  await expect(verify()).rejects.toMatchObject({ code: 'attestation.missingEndorsement' });
  await expect(verify(new Date(AMD_TIME.getTime() + 119_000))).rejects.toMatchObject({
    code: 'attestation.missingEndorsement',
  });
  expect(asked).toEqual([VCEK]);
  expect(failures[1]).toContain('2026-07-01T12:02:00.000Z');
  await expect(verify(new Date(AMD_TIME.getTime() + 120_000))).rejects.toThrow();
  expect(asked).toEqual([VCEK, VCEK]);
});

test.each<[string, () => Response]>([
  ['garbage', () => new Response('<html>Bad gateway</html>')],
  ['too much', () => new Response(new Uint8Array(65_537).fill(0x30))],
  ['nothing', () => new Response('')],
  ['an error', () => new Response('', { status: 500 })],
])('an answer that is %s is not kept and not used', async (_, answer) => {
  const changes: Record<string, () => Response> = { [CRL]: answer };
  const { verify, asked, failures } = service(changes);
  expect((await verify()).revocation).toBe('unknown');
  expect(failures).toHaveLength(1);
  delete changes[CRL];
  expect((await verify()).revocation).toBe('checked');
  expect(asked.filter((url) => url === CRL)).toHaveLength(2);
});

test('verifiers at once share one request', async () => {
  const { verify, asked } = service();
  await Promise.all([verify(), verify(), verify()]);
  expect(asked).toEqual([VCEK, CHAIN, CRL]);
});

test('what is at hand comes before the service', async () => {
  const { endorsements, asked } = service();
  const all = combineEndorsements(createEndorsementStore([chain.ask, chain.ark]), endorsements);
  expect(toHex((await all.get(query('certificate', 'SEV-Genoa'), AMD_TIME))!)).toBe(toHex(chain.ask));
  expect(asked).toEqual([]);
  expect(await all.get(query('certificate', 'SEV-Rome'), AMD_TIME)).toBeUndefined();
  expect(toHex((await all.get(query('revocation-list', 'ARK-Genoa'), AMD_TIME))!)).toMatch(/^0x30/);
  expect(asked).toEqual([CRL]);
});
