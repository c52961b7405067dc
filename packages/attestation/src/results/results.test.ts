import { digestOf, fromHex } from '@encryptech/base';
import { exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { readFileSync } from 'node:fs';
import { hashTypedData } from 'viem';
import { expect, test } from 'vitest';
import { codeOf, now, repeat } from '../../test/fixture.ts';
import { strict, tdx } from '../../test/hardware-claims.ts';
import { appraiseEvidence } from '../appraisal/appraise.ts';
import { resultExpiry } from './result-expiry.ts';
import { toEarJwt } from './to-ear-jwt.ts';
import { ATTESTATION_RESULT_TYPES, toTypedResult } from './to-typed-result.ts';

const verdict = appraiseEvidence(tdx, strict, now);
const chain = { subject: repeat(0xaa, 20), chainId: 31_337, attestations: repeat(0xbb, 20), now } as const;

test('a result stands for days by its level, and never longer than its evidence', () => {
  const later = new Date('2030-01-01T00:00:00Z');
  const hours = ([0, 1, 2, 3] as const).map(
    (level) => (resultExpiry(level, later, now).getTime() - now.getTime()) / 3_600_000,
  );
  expect(hours).toEqual([24, 24, 72, 168]);
  expect(resultExpiry(3, new Date('2026-07-01T13:00:00.900Z'), now)).toEqual(new Date('2026-07-01T13:00:00Z'));
  expect(resultExpiry(3, new Date('2020-01-01T00:00:00Z'), now)).toEqual(now);
});

test('the EIP-712 message says what was found, in the type that the contract hashes', () => {
  const typed = toTypedResult({ claims: tdx, verdict, ...chain });
  expect(typed.message).toEqual({
    subject: repeat(0xaa, 20),
    level: 3,
    evidenceId: tdx.evidenceId,
    policyDigest: verdict.policyDigest,
    measurement: digestOf(fromHex(tdx.measurement)),
    device: tdx.deviceIdHash,
    issuedAt: 1_782_907_200n,
    expiresAt: 1_783_512_000n,
  });
  const members = ATTESTATION_RESULT_TYPES.AttestationResult.map(({ name, type }) => `${type} ${name}`).join(',');
  const contract = readFileSync(new URL('../../../../contracts/src/Attestations.sol', import.meta.url), 'utf8');
  expect(contract).toContain(`"AttestationResult(${members})"`);
  expect(hashTypedData(typed)).not.toBe(hashTypedData({ ...typed, message: { ...typed.message, level: 2 } }));
});

test('a refusal is level 0, and evidence that names no machine has device zero', () => {
  const { deviceIdHash: _, ...nameless } = { ...tdx, debug: true };
  const refused = appraiseEvidence(nameless, strict, now);
  const { message } = toTypedResult({ claims: nameless, verdict: refused, ...chain });
  expect([message.level, message.device]).toEqual([0, repeat(0, 32)]);
});

test.each(['ES256', 'EdDSA'] as const)('an EAR signed by %s verifies and says the same', async (algorithm) => {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const verifier = { developer: 'https://example.org', build: 'encryptech 0.1.0' };
  const jwt = await toEarJwt({
    claims: tdx,
    verdict,
    now,
    verifier,
    nonce: 'a'.repeat(64),
    algorithm,
    key: privateKey,
  });
  const { payload, protectedHeader } = await jwtVerify(jwt, publicKey, { currentDate: now });
  expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT' });
  expect(payload).toEqual({
    eat_profile: 'tag:ietf.org,2026:rats/ear#04',
    eat_nonce: 'a'.repeat(64),
    ear_verifier_id: verifier,
    iat: 1_782_907_200,
    exp: 1_783_512_000,
    submods: {
      tdx: {
        ear_status: 'affirming',
        ear_trustworthiness_vector: verdict.vector,
        ear_appraisal_policy_ids: [`urn:sha256:${verdict.policyDigest.slice(2)}`],
        ear_attester_claims: {
          product: 'TDX',
          measurements: tdx.measurements,
          debug: false,
          tcb_status: 'UpToDate',
          advisories: [],
        },
        ear_verifier_claims: {
          evidence_id: tdx.evidenceId,
          decision: 'allow',
          level: 3,
          reasons: [],
          revocation: 'checked',
        },
      },
    },
  });
  const other = await generateKeyPair(algorithm);
  await expect(jwtVerify(jwt, other.publicKey, { currentDate: now })).rejects.toThrow();
});

test('a nonce of the wrong length is refused', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const options = { claims: tdx, verdict, now, verifier: { developer: 'd', build: 'b' }, algorithm: 'ES256' } as const;
  const key = await exportJWK(privateKey);
  expect(await codeOf(() => toEarJwt({ ...options, key, nonce: 'short' }))).toBe('attestation.badArgument');
  expect(await codeOf(() => toEarJwt({ ...options, key, nonce: 'long enough' }))).toBe('ok');
});
