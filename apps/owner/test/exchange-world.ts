import {
  createDevelopmentPki,
  createSoftwareAttester,
  encodeRuntimeData,
  reportDataOf,
  type Challenge,
  type DevelopmentPki,
  type Evidence,
  type RuntimeData,
} from '@encryptech/attestation';
import { digestOf, fromHex, toHex, type Address, type Hex } from '@encryptech/base';
import {
  sealReleasedKeys,
  signDelegation,
  signKeyRelease,
  signOwnerChallenge,
  type Delegation,
  type KeyRelease,
  type OwnerChallenge,
  type Signer,
  type SigningDomain,
} from '@encryptech/protocol';
import { configurationDigest } from '@encryptech/provider/enclave';
import { generateEnvelopeKeyPair, generateKemKeyPair } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
// The quoting enclave itself: what an operator holds who took a machine apart.
import { signQuote } from '../../../packages/attestation/src/software/sign-quote.ts';
import type { TdFields } from '../../../packages/attestation/src/intel/write-quote.ts';
import { acceptRelease, type AnsweredChallenge, type ReleaseScope } from '../../provider/src/enclave/accept-release.ts';
import { createChallengeGuard } from '../../provider/src/enclave/challenge-guard.ts';
import { keysOf } from '../../provider/test/enclave-driver.ts';
import { makeKit } from '../../provider/test/job-kit.ts';
import { judgeEvidence, type JudgeEvidenceOptions } from '../src/judgement/judge-evidence.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const NOW_SEC = NOW.getTime() / 1000;
export const id = (byte: string): Hex => `0x${byte.repeat(32)}`;
const newAccount = () => privateKeyToAccount(generatePrivateKey());

/** One job between an owner and an enclave, with all keys and everybody who might want to be somebody else. */
export async function exchangeWorld() {
  const kit = await makeKit({ steps: 4 });
  const enclave = { account: newAccount(), envelope: generateEnvelopeKeyPair() };
  const other = { account: newAccount(), envelope: generateEnvelopeKeyPair() };
  const hybrid = await generateKemKeyPair('x-wing');
  const people = { operator: newAccount(), scheduler: newAccount(), stranger: newAccount() };
  const measurement = kit.policy.measurements[0]!;
  const { domain } = kit;
  const configured = {
    job: kit.jobId,
    attempt: 1,
    provider: kit.provider,
    graph: kit.order.graphDigest,
    spec: kit.order.specDigest,
    manifest: digestOf(new TextEncoder().encode('manifest')),
  } as const;
  const challenge: OwnerChallenge = {
    owner: kit.owner.address,
    nonce: id('a1'),
    datasetId: kit.order.datasetId,
    jobId: kit.jobId,
    attempt: 1,
    policyDigest: kit.manifest.policyDigest,
    expiresAt: BigInt(NOW_SEC + 300),
    kem: 0x20,
  };
  const runtimeData: RuntimeData = {
    version: 1,
    purpose: 'release',
    audience: { owner: kit.owner.address, chainId: domain.chainId, contract: domain.jobs },
    nonce: challenge.nonce,
    job: kit.jobId,
    attempt: 1,
    dataset: kit.order.datasetId,
    configuration: configurationDigest(configured),
    hpkePublicKey: toHex(enclave.envelope.publicKey),
    signer: enclave.account.address,
  };
  const expected: Challenge = {
    ...{ purpose: 'release', audience: runtimeData.audience, nonce: challenge.nonce, job: kit.jobId, attempt: 1 },
    ...{ dataset: kit.order.datasetId, configuration: runtimeData.configuration, signer: enclave.account.address },
    ...{ issuedAt: NOW, expiresAt: new Date(NOW.getTime() + 300_000) },
  };

  const attest = (
    change: Partial<RuntimeData> = {},
    { pki = kit.pki, device = 'kit', code = measurement }: { pki?: DevelopmentPki; device?: string; code?: Hex } = {},
  ): Promise<Evidence> =>
    createSoftwareAttester({ platform: pki.platform(device), measurement: fromHex(code) }).attest(
      encodeRuntimeData({ ...runtimeData, ...change }),
    );
  /** A quote whose body the holder of the machine's keys chose. */
  const quote = (change: TdFields, qe: Parameters<typeof signQuote>[2] = {}): Evidence => {
    const bytes = encodeRuntimeData(runtimeData);
    const tdAttributes = Uint8Array.of(0, 0, 0, 0x10, 0, 0, 0, 0);
    const xfam = Uint8Array.of(0xe7, 0, 0, 0, 0, 0, 0, 0);
    const mrTd = fromHex(measurement);
    const body = { tdAttributes, xfam, mrTd, reportData: reportDataOf(bytes), ...change };
    return { kind: 'software', body: signQuote(kit.pki.platform('kit'), body, qe), runtimeData: bytes };
  };
  const judge = async (evidence: Evidence, change: Partial<JudgeEvidenceOptions> = {}) =>
    judgeEvidence({
      ...{ evidence, challenge: expected, policy: kit.policy, minLevel: 0, now: NOW },
      ...{ anchors: { vendor: {}, development: [kit.pki.anchor] } },
      ...change,
    });

  /** A fresh enclave's half of the exchange: its guard, with nothing used yet. */
  const guard = (nowSec: () => number = () => NOW_SEC) =>
    createChallengeGuard(
      { owner: kit.owner.address, datasetId: kit.order.datasetId as never, jobId: kit.jobId, attempt: 1, domain },
      nowSec,
    );
  const challengeBody = async (
    change: Partial<OwnerChallenge> = {},
    {
      signer = kit.owner,
      signedFor = domain,
      delegated,
      chain = { id: domain.chainId, jobs: domain.jobs },
    }: ChallengeLie = {},
  ) => {
    const value = { ...challenge, ...change };
    const signature = await signOwnerChallenge(value, signedFor, signer);
    return { challenge: value, signature, chain, ...(delegated === undefined ? {} : { delegated }) };
  };
  /** The owner's word for a delegate, with parts to get wrong. */
  const delegated = async (key: Address, change: Partial<Delegation> = {}, signer: Signer = kit.owner) => {
    const delegation: Delegation = {
      ...{ owner: kit.owner.address, key, evidenceId: id('d0'), logHead: id('d1') },
      ...{ expiresAt: BigInt(NOW_SEC + 3600), ...change },
    };
    return { delegation, signature: await signDelegation(delegation, domain, signer) };
  };

  const evidence = await attest();
  const verdict = await judge(evidence);
  if (!verdict.allowed) throw new Error(`The honest enclave is refused: ${JSON.stringify(verdict.denials)}`);
  const { evidenceId } = verdict;
  const answered: AnsweredChallenge = {
    ...{ challenge, signer: kit.owner.address, envelopeSecretKey: enclave.envelope.secretKey },
  };
  const scope: ReleaseScope = {
    ...{ jobId: kit.jobId, attempt: 1, signer: enclave.account.address, domain },
    answered: (asked) => (asked === evidenceId ? answered : undefined),
  };
  /** The owner's release, with parts to get wrong. */
  const releaseBody = async (lie: ReleaseLie = {}) => {
    const release: KeyRelease = {
      ...{ jobId: kit.jobId, attempt: 1, enclaveKey: enclave.account.address, evidenceId },
      ...{ policyDigest: challenge.policyDigest, logHead: id('10') },
      ...lie.release,
    };
    const sealedKeys = await sealReleasedKeys(keysOf(kit), {
      recipient: lie.recipient ?? enclave.envelope.publicKey,
      challenge: { ...challenge, ...lie.sealedUnder },
      domain: lie.sealedFor ?? domain,
      evidenceId: lie.sealedWith ?? evidenceId,
    });
    const signature = await signKeyRelease(release, lie.signedFor ?? domain, lie.signer ?? kit.owner);
    return { release, signature, sealedKeys };
  };
  const open = (body: Awaited<ReturnType<typeof releaseBody>>, answer: AnsweredChallenge = answered) =>
    acceptRelease(body, { ...scope, answered: (asked) => (asked === evidenceId ? answer : undefined) });
  return {
    ...{
      kit,
      enclave,
      other,
      hybrid,
      people,
      challenge,
      configured,
      runtimeData,
      expected,
      evidence,
      answered,
      evidenceId,
      domain,
    },
    ...{ attest, quote, judge, guard, challengeBody, delegated, releaseBody, open },
    lookalike: createDevelopmentPki(new Uint8Array(32).fill(66)),
  };
}

export type World = Awaited<ReturnType<typeof exchangeWorld>>;

interface ChallengeLie {
  signer?: Signer;
  signedFor?: SigningDomain;
  delegated?: { delegation: Delegation; signature: Hex };
  chain?: { id: number; jobs: Hex };
}

interface ReleaseLie {
  release?: Partial<KeyRelease>;
  signer?: Signer;
  signedFor?: SigningDomain;
  recipient?: Uint8Array;
  sealedUnder?: Partial<OwnerChallenge>;
  sealedFor?: SigningDomain;
  sealedWith?: Hex;
}
