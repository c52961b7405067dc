import type { Address, DatasetId, Hex, JobId } from '@encryptech/base';
import { signOwnerChallenge, type OwnerChallenge } from '@encryptech/protocol';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { createChallengeGuard } from './challenge-guard.ts';

const owner = privateKeyToAccount(generatePrivateKey());
const stranger = privateKeyToAccount(generatePrivateKey());
const jobs: Address = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const domain = { chainId: 31337, jobs };
const scope = {
  owner: owner.address,
  datasetId: `0x${'d1'.repeat(32)}` as DatasetId,
  jobId: `0x${'0b'.repeat(32)}` as JobId,
  attempt: 1,
  domain,
};
const NOW = 1_700_000_000;
const nonce = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;

async function challenge(change: Partial<OwnerChallenge> = {}, signer = owner, chain = { id: 31337, jobs }) {
  const value: OwnerChallenge = {
    owner: owner.address,
    nonce: nonce(1),
    datasetId: scope.datasetId,
    jobId: scope.jobId,
    attempt: 1,
    policyDigest: `0x${'0f'.repeat(32)}`,
    expiresAt: BigInt(NOW + 300),
    kem: 0x20,
    ...change,
  };
  return {
    challenge: value,
    signature: await signOwnerChallenge(value, { chainId: chain.id, jobs: chain.jobs }, signer),
    chain,
  };
}

describe('challenge guard', () => {
  test('accepts a challenge of the owner, each nonce once', async () => {
    const guard = createChallengeGuard(scope, () => NOW);
    const first = await challenge();
    expect(await guard(first)).toEqual({ challenge: first.challenge, signer: owner.address });
    await expect(guard(first)).rejects.toMatchObject({ code: 'enclave.challengeReplayed' });
    await expect(guard(await challenge({ policyDigest: `0x${'00'.repeat(32)}` }))).rejects.toMatchObject({
      code: 'enclave.challengeReplayed',
    });
    expect((await guard(await challenge({ nonce: nonce(2) }))).challenge.nonce).toBe(nonce(2));
  });

  test.each<[string, Partial<OwnerChallenge>, string]>([
    ['another dataset', { datasetId: nonce(9) }, 'enclave.challengeMismatch'],
    ['another job', { jobId: nonce(9) }, 'enclave.challengeMismatch'],
    ['another attempt', { attempt: 2 }, 'enclave.challengeMismatch'],
    ['another owner', { owner: stranger.address }, 'enclave.challengeSigner'],
    ['the past', { expiresAt: BigInt(NOW) }, 'enclave.challengeExpired'],
    ['a far future', { expiresAt: BigInt(NOW + 361) }, 'enclave.challengeExpired'],
  ])('refuses one of %s', async (_, change, code) => {
    await expect(createChallengeGuard(scope, () => NOW)(await challenge(change))).rejects.toMatchObject({ code });
  });

  test('refuses a stranger’s signature, a signature for another chain, and an altered challenge', async () => {
    const guard = createChallengeGuard(scope, () => NOW);
    await expect(guard(await challenge({}, stranger))).rejects.toMatchObject({ code: 'enclave.challengeSigner' });
    await expect(guard(await challenge({}, owner, { id: 1, jobs }))).rejects.toMatchObject({
      code: 'enclave.challengeMismatch',
    });
    const other = await challenge({}, owner, { id: 1, jobs });
    await expect(guard({ ...other, chain: { id: 31337, jobs } })).rejects.toMatchObject({
      code: 'enclave.challengeSigner',
    });
    const good = await challenge();
    await expect(guard({ ...good, challenge: { ...good.challenge, nonce: nonce(5) } })).rejects.toMatchObject({
      code: 'enclave.challengeSigner',
    });
    // None of these used up the nonce.
    expect((await guard(good)).challenge).toEqual(good.challenge);
  });

  test('answers 32 challenges and no more', async () => {
    const guard = createChallengeGuard(scope, () => NOW);
    for (let n = 0; n < 32; n++) await guard(await challenge({ nonce: nonce(n) }));
    await expect(guard(await challenge({ nonce: nonce(99) }))).rejects.toMatchObject({
      code: 'enclave.tooManyChallenges',
    });
  });
});
