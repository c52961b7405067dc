import type { Hex } from '@encryptech/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { chainTime } from '../client/chain-time.ts';
import { accountBalances } from '../read/account-balances.ts';
import { attestationFacts } from '../read/attestation-facts.ts';
import { attestationThreshold } from '../read/attestation-threshold.ts';
import { isDenied } from '../read/is-denied.ts';
import { verifierBond } from '../read/verifier-bond.ts';
import { contradictVerifier } from './contradict-verifier.ts';
import { leaveBond } from './leave-bond.ts';
import { recordAttestation, type AttestationFinding } from './record-attestation.ts';
import { recoverFindingSigner } from './recover-finding-signer.ts';
import { setAttestationThreshold } from './set-attestation-threshold.ts';
import { setDenied } from './set-denied.ts';
import { signFinding } from './sign-finding.ts';
import { withdrawBond } from './withdraw-bond.ts';

const ENC = 10n ** 18n;

const digest = (byte: string): Hex => `0x${byte.repeat(32)}`;
const subject = '0x00000000000000000000000000000000000050b0';
let net: TestNetwork;
beforeAll(async () => {
  net = await startNetwork();
});
afterAll(() => net.stop());

async function finding(level: number, evidenceId = digest('e1')): Promise<AttestationFinding> {
  await net.chain.advanceTime(1);
  const now = BigInt(await chainTime(net.client));
  return {
    ...{ subject, level, evidenceId, policyDigest: digest('e2'), measurement: digest('e3'), device: digest('e4') },
    ...{ issuedAt: now, expiresAt: now + 3600n },
  };
}

async function signedBy(name: 'verifier' | 'guardian', result: AttestationFinding) {
  const account = net.chain.keys.named(name);
  return { verifier: account.address, signature: await signFinding(result, net.deployment, account) };
}

const writer = (name: 'guardian' | 'team' | 'faucet' | 'verifier') => net.writer(net.chain.keys.named(name));

test('a record with its signers; a denied measurement counts no more, until the team takes that back', async () => {
  const result = await finding(2);
  const signature = await signedBy('verifier', result);
  expect(await recoverFindingSigner(result, signature.signature, net.deployment)).toBe(signature.verifier);
  await recordAttestation(writer('faucet'), { finding: result, signatures: [signature] });
  expect(await attestationFacts(net.client, subject)).toEqual({
    ...{ level: 2, recordedLevel: 2, issuedAt: Number(result.issuedAt), expiresAt: Number(result.expiresAt) },
    ...{ policyDigest: digest('e2'), measurement: digest('e3'), device: `0x${'e4'.repeat(12)}` },
    verifiers: [signature.verifier],
  });
  const listed = { kind: 'measurement', value: digest('e3') } as const;
  await setDenied(writer('guardian'), { listed, denied: true, key: 'deny' });
  expect(await isDenied(net.client, listed)).toBe(true);
  expect(await attestationFacts(net.client, subject)).toMatchObject({ level: 0, recordedLevel: 2 });
  await expect(setDenied(writer('guardian'), { listed, denied: false, key: 'allow1' })).rejects.toMatchObject({
    code: 'chain.accessManagedUnauthorized',
  });
  await setDenied(writer('team'), { listed, denied: false, key: 'allow2' });
  expect((await attestationFacts(net.client, subject)).level).toBe(2);
});

test('with a threshold of two, one verifier lowers and does not raise', async () => {
  await setAttestationThreshold(writer('team'), { threshold: 2, key: 'threshold2' });
  expect(await attestationThreshold(net.client)).toBe(2);
  const higher = await finding(3);
  const record = async (result: AttestationFinding) =>
    recordAttestation(writer('faucet'), { finding: result, signatures: [await signedBy('verifier', result)] });
  await expect(record(higher)).rejects.toMatchObject({ code: 'chain.attestationsTooFewSigners', retry: 'later' });
  await record(await finding(1));
  expect(await attestationFacts(net.client, subject)).toMatchObject({ level: 0, recordedLevel: 1 });
  await setAttestationThreshold(writer('team'), { threshold: 1, key: 'threshold1' });
  expect((await attestationFacts(net.client, subject)).level).toBe(1);
});

test('a verifier that contradicts itself is ejected by anybody, who gets a fifth of its bond', async () => {
  const verifier = net.chain.keys.named('verifier').address;
  const reporter = net.chain.keys.user(7);
  expect(await verifierBond(net.client, verifier)).toEqual({
    ...{ bond: 1_000n * ENC, availableAt: null, leastBond: 1_000n * ENC, counts: true },
  });
  const one = await finding(2);
  const other = { ...one, level: 1 };
  const signed = async (result: AttestationFinding) => ({
    finding: result,
    signature: (await signedBy('verifier', result)).signature,
  });
  const proof = { one: await signed(one), other: await signed(other) };
  await expect(contradictVerifier(writer('faucet'), { one: proof.one, other: proof.one })).rejects.toMatchObject({
    code: 'chain.attestationsNoContradiction',
  });
  // Being on its way out saves it nothing.
  await leaveBond(writer('verifier'), { key: 'leave' });
  await expect(withdrawBond(writer('verifier'), { key: 'too soon' })).rejects.toMatchObject({
    code: 'chain.attestationsStillUnbonding',
  });
  await contradictVerifier(net.writer(reporter), proof);
  expect(await verifierBond(net.client, verifier)).toMatchObject({ bond: 0n, availableAt: null, counts: false });
  expect((await accountBalances(net.client, reporter.address)).enc).toBe(200n * ENC);
  expect(await isDenied(net.client, { kind: 'verifier', value: verifier })).toBe(true);
  expect((await attestationFacts(net.client, subject)).level).toBe(0);
});
