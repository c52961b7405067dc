import { describe, expect, it } from 'vitest';
import { signWebhook } from './sign-webhook.ts';
import { verifySignature } from './verify-signature.ts';

/*
 * Generated, not recorded: no processor's account stands behind these. The signature below was made by
 * `printf '1800000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_development_abc`.
 */
const secret = 'whsec_development_abc';
const body = new TextEncoder().encode('{"id":"evt_1"}');
const atSec = 1_800_000_000;
const mac = '7f92722fc8fe22b6a1a6d4630634a29d32ff91f0f3e21ddcce5f09d864867595';

const verify = (change: Partial<Parameters<typeof verifySignature>[0]>) =>
  verifySignature({ body, header: `t=${atSec},v1=${mac}`, secrets: [secret], nowSec: atSec, ...change });

describe('verifySignature', () => {
  it('takes what OpenSSL signed', () => expect(verify({})).toBe(atSec));

  it('makes the header that it takes', () => {
    expect(signWebhook(body, { secret, atSec })).toBe(`t=${atSec},v1=${mac}`);
  });

  it('takes any order, unknown schemes and more than one signature', () => {
    const other = 'a'.repeat(64);
    expect(verify({ header: `v0=${other}, v1=${other} ,v1=${mac}, t=${atSec}` })).toBe(atSec);
  });

  it('takes each of several secrets while one is replaced', () => {
    expect(verify({ secrets: ['whsec_development_new', secret] })).toBe(atSec);
    expect(() => verify({ secrets: ['whsec_development_new'] })).toThrow(
      expect.objectContaining({ code: 'gateway.badSignature' }),
    );
  });

  it.each([
    ['an altered body', { body: new TextEncoder().encode('{"id":"evt_2"}') }],
    ['a body with other white space', { body: new TextEncoder().encode('{"id": "evt_1"}') }],
    ['an altered time', { header: `t=${atSec + 1},v1=${mac}` }],
    ['a time written otherwise', { header: `t=0${atSec},v1=${mac}` }],
    ['two times', { header: `t=${atSec},t=${atSec},v1=${mac}` }],
    ['scheme v0 alone', { header: `t=${atSec},v0=${mac}` }],
    ['upper-case hex', { header: `t=${atSec},v1=${mac.toUpperCase()}` }],
    ['a short signature', { header: `t=${atSec},v1=${mac.slice(2)}` }],
    ['no time', { header: `v1=${mac}` }],
    ['no signature', { header: `t=${atSec}` }],
    ['no header', { header: undefined }],
    ['an empty header', { header: '' }],
    ['a thousand signatures', { header: `t=${atSec}${`,v1=${mac}`.repeat(1000)}` }],
    ['no secrets', { secrets: [] }],
  ])('refuses %s', (_, change) => {
    expect(() => verify(change)).toThrow(expect.objectContaining({ code: 'gateway.badSignature' }));
  });

  it('refuses replays and clocks that run ahead, at five minutes', () => {
    expect(verify({ nowSec: atSec + 300 })).toBe(atSec);
    expect(verify({ nowSec: atSec - 300 })).toBe(atSec);
    const late = expect.objectContaining({ code: 'gateway.badTime' });
    expect(() => verify({ nowSec: atSec + 301 })).toThrow(late);
    expect(() => verify({ nowSec: atSec - 301 })).toThrow(late);
  });

  it('says nothing of times to who has no secret', () => {
    expect(() => verify({ nowSec: atSec + 9999, header: `t=${atSec},v1=${'0'.repeat(64)}` })).toThrow(
      expect.objectContaining({ code: 'gateway.badSignature' }),
    );
  });
});
