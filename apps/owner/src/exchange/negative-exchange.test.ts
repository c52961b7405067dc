import { concatBytes, toHex, type Address, type Hex } from '@encryptech/base';
import { certificateDigest, signReceipt, verifyCertificateFile, type Certificate } from '@encryptech/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { NOW_SEC, exchangeWorld, id, type World } from '../../test/exchange-world.ts';

let world: World;
beforeAll(async () => {
  world = await exchangeWorld();
});

const codeOf = (tried: Promise<unknown>): Promise<string> =>
  tried.then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? 'no code',
  );

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** The other signature by the same key over the same words. */
const malleated = (signature: Hex): Hex => {
  const s = ORDER - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith('1b') ? '1c' : '1b';
  return `0x${signature.slice(2, 66)}${s.toString(16).padStart(64, '0')}${v}`;
};

type Try = (world: World) => Promise<unknown>;
const asks =
  (...lie: Parameters<World['challengeBody']>): Try =>
  async (at) =>
    at.guard()(await at.challengeBody(...lie));
const asksAs =
  (who: keyof World['people']): Try =>
  async (at) =>
    at.guard()(await at.challengeBody({}, { signer: at.people[who] }));
const gives =
  (lie: (world: World) => Parameters<World['releaseBody']>[0]): Try =>
  async (at) =>
    at.open(await at.releaseBody(lie(at)));
const elsewhere: Address = '0x00000000000000000000000000000000000000e1';

/** What somebody sends to the enclave, and why it answers with an error and nothing else. */
const VECTORS: Record<string, readonly [Try, string]> = {
  'challenge for another job': [asks({ jobId: id('ff') }), 'enclave.challengeMismatch'],
  'challenge for another attempt': [asks({ attempt: 2 }), 'enclave.challengeMismatch'],
  'challenge for another dataset': [asks({ datasetId: id('ff') }), 'enclave.challengeMismatch'],
  'challenge for another chain': [asks({}, { chain: { id: 1, jobs: elsewhere } }), 'enclave.challengeMismatch'],
  'challenge for another contract': [
    async (at) => at.guard()(await at.challengeBody({}, { chain: { id: at.domain.chainId, jobs: elsewhere } })),
    'enclave.challengeMismatch',
  ],
  'challenge signed for another chain': [
    async (at) => at.guard()(await at.challengeBody({}, { signedFor: { ...at.domain, chainId: 1 } })),
    'enclave.challengeSigner',
  ],
  'challenge by the operator': [asksAs('operator'), 'enclave.challengeSigner'],
  'challenge by the scheduler': [asksAs('scheduler'), 'enclave.challengeSigner'],
  'challenge by the owner of another dataset': [
    async (at) => {
      const signer = at.people.stranger;
      return at.guard()(await at.challengeBody({ owner: signer.address }, { signer }));
    },
    'enclave.challengeSigner',
  ],
  'challenge with the other s': [
    async (at) => {
      const body = await at.challengeBody();
      return at.guard()({ ...body, signature: malleated(body.signature) });
    },
    'enclave.challengeSigner',
  ],
  'challenge whose policy was changed after signing': [
    async (at) => {
      const body = await at.challengeBody();
      return at.guard()({ ...body, challenge: { ...body.challenge, policyDigest: id('ff') } });
    },
    'enclave.challengeSigner',
  ],
  'expired challenge': [asks({ expiresAt: BigInt(NOW_SEC) }), 'enclave.challengeExpired'],
  'challenge that lives for ever': [asks({ expiresAt: BigInt(NOW_SEC + 361) }), 'enclave.challengeExpired'],
  'challenge whose KEM was talked down on the way': [
    async (at) => {
      const body = await at.challengeBody({ kem: 0x647a });
      return at.guard()({ ...body, challenge: { ...body.challenge, kem: 0x20 } });
    },
    'enclave.challengeSigner',
  ],
  'challenge for a KEM that nobody knows': [asks({ kem: 0x30 }), 'protocol.unknownKem'],
  'challenge by a delegate that the owner did not name': [
    async (at) => {
      const signer = at.people.operator;
      const delegated = await at.delegated(signer.address, {}, signer);
      return at.guard()(await at.challengeBody({}, { signer, delegated }));
    },
    'enclave.challengeSigner',
  ],
  'challenge by somebody else than the delegate': [
    async (at) => {
      const delegated = await at.delegated(at.other.account.address);
      return at.guard()(await at.challengeBody({}, { signer: at.people.operator, delegated }));
    },
    'enclave.challengeSigner',
  ],
  'challenge by a delegate of another owner': [
    async (at) => {
      const signer = at.people.operator;
      const delegated = await at.delegated(signer.address, { owner: at.people.stranger.address }, at.people.stranger);
      return at.guard()(await at.challengeBody({}, { signer, delegated }));
    },
    'enclave.challengeSigner',
  ],
  'challenge by a delegate whose time is over': [
    async (at) => {
      const signer = at.other.account;
      const delegated = await at.delegated(signer.address, { expiresAt: BigInt(NOW_SEC) });
      return at.guard()(await at.challengeBody({}, { signer, delegated }));
    },
    'enclave.challengeExpired',
  ],
  'challenge by a delegate whose time was stretched': [
    async (at) => {
      const signer = at.other.account;
      const { delegation, signature } = await at.delegated(signer.address, { expiresAt: BigInt(NOW_SEC) });
      const delegated = { delegation: { ...delegation, expiresAt: BigInt(NOW_SEC + 9) }, signature };
      return at.guard()(await at.challengeBody({}, { signer, delegated }));
    },
    'enclave.challengeSigner',
  ],
  'replayed nonce': [
    async (at) => {
      const guard = at.guard();
      await guard(await at.challengeBody());
      return guard(await at.challengeBody());
    },
    'enclave.challengeReplayed',
  ],
  'replayed nonce with another policy': [
    async (at) => {
      const guard = at.guard();
      await guard(await at.challengeBody());
      return guard(await at.challengeBody({ policyDigest: id('ff') }));
    },
    'enclave.challengeReplayed',
  ],
  'more challenges than an owner needs': [
    async (at) => {
      const guard = at.guard();
      for (let i = 0; i < 32; i++) {
        await guard(await at.challengeBody({ nonce: `0x${i.toString(16).padStart(64, '0')}` }));
      }
      return guard(await at.challengeBody());
    },
    'enclave.tooManyChallenges',
  ],

  'release for another job': [gives(() => ({ release: { jobId: id('ff') } })), 'enclave.releaseMismatch'],
  'release for another attempt': [gives(() => ({ release: { attempt: 2 } })), 'enclave.releaseMismatch'],
  'release for another provider’s enclave': [
    gives((at) => ({ release: { enclaveKey: at.other.account.address } })),
    'enclave.releaseMismatch',
  ],
  'release on evidence of another exchange': [
    gives(() => ({ release: { evidenceId: id('ff') }, sealedWith: id('ff') })),
    'enclave.releaseMismatch',
  ],
  'policy digest changed': [gives(() => ({ release: { policyDigest: id('ff') } })), 'enclave.releaseMismatch'],
  'release by the operator': [gives((at) => ({ signer: at.people.operator })), 'enclave.releaseSigner'],
  'release by the scheduler': [gives((at) => ({ signer: at.people.scheduler })), 'enclave.releaseSigner'],
  'release by the enclave itself': [gives((at) => ({ signer: at.enclave.account })), 'enclave.releaseSigner'],
  'release signed for another chain': [
    gives((at) => ({ signedFor: { ...at.domain, chainId: 1 } })),
    'enclave.releaseSigner',
  ],
  'release signed for another contract': [
    gives((at) => ({ signedFor: { ...at.domain, jobs: elsewhere } })),
    'enclave.releaseSigner',
  ],
  'release whose log head was changed after signing': [
    async (at) => {
      const body = await at.releaseBody();
      return at.open({ ...body, release: { ...body.release, logHead: id('ff') } });
    },
    'enclave.releaseSigner',
  ],
  'keys sealed to another HPKE key': [
    gives((at) => ({ recipient: at.other.envelope.publicKey })),
    'sealing.envelopeRejected',
  ],
  'keys sealed under another nonce': [gives(() => ({ sealedUnder: { nonce: id('ff') } })), 'sealing.envelopeRejected'],
  'keys sealed for another dataset': [
    gives(() => ({ sealedUnder: { datasetId: id('ff') } })),
    'sealing.envelopeRejected',
  ],
  'keys sealed under another policy': [
    gives(() => ({ sealedUnder: { policyDigest: id('ff') } })),
    'sealing.envelopeRejected',
  ],
  'keys sealed for another chain': [
    gives((at) => ({ sealedFor: { ...at.domain, chainId: 1 } })),
    'sealing.envelopeRejected',
  ],
  'keys sealed with other evidence': [gives(() => ({ sealedWith: id('ff') })), 'sealing.envelopeRejected'],
  'keys sealed under a challenge of another KEM': [
    gives((at) => ({ recipient: at.hybrid.publicKey, sealedUnder: { kem: 0x647a } })),
    'sealing.envelopeRejected',
  ],
  'keys sealed by X25519 where X-Wing was asked for': [
    async (at) => at.open(await at.releaseBody(), { ...at.answered, challenge: { ...at.challenge, kem: 0x647a } }),
    'sealing.badEnvelope',
  ],
  'keys sealed by X-Wing to the enclave, under X25519’s challenge': [
    async (at) => {
      const sealed = await at.releaseBody({ recipient: at.hybrid.publicKey, sealedUnder: { kem: 0x647a } });
      return at.open(sealed, { ...at.answered, envelopeSecretKey: at.hybrid.secretKey });
    },
    'sealing.envelopeRejected',
  ],
  'release by the owner to who was challenged by a delegate': [
    async (at) => at.open(await at.releaseBody(), { ...at.answered, signer: at.other.account.address }),
    'enclave.releaseSigner',
  ],
  'release by a delegate to who was challenged by the owner': [
    gives((at) => ({ signer: at.other.account })),
    'enclave.releaseSigner',
  ],
  'an envelope without its last byte': [
    async (at) => {
      const body = await at.releaseBody();
      return at.open({ ...body, sealedKeys: body.sealedKeys.slice(0, -1) });
    },
    'sealing.envelopeRejected',
  ],
  'an envelope with a byte more': [
    async (at) => {
      const body = await at.releaseBody();
      return at.open({ ...body, sealedKeys: concatBytes(body.sealedKeys, Uint8Array.of(0)) });
    },
    'sealing.envelopeRejected',
  ],
  'no envelope': [
    async (at) => at.open({ ...(await at.releaseBody()), sealedKeys: new Uint8Array(0) }),
    'sealing.badEnvelope',
  ],
};

describe('the enclave refuses', () => {
  test.each(Object.entries(VECTORS))('%s', async (_, [make, code]) => {
    expect(await codeOf(make(world))).toBe(code);
  });

  test('and takes what the owner meant for it', async () => {
    expect(await codeOf(asks()(world))).toBe('accepted');
    const keys = await world.open(await world.releaseBody());
    expect(toHex(keys.dataKey)).toMatch(/^0x[0-9a-f]{64}$/);
  });

  test('and takes the same by X-Wing, and from the owner’s delegate', async () => {
    const challenge = { ...world.challenge, kem: 0x647a };
    const byXWing = await world.releaseBody({ recipient: world.hybrid.publicKey, sealedUnder: { kem: 0x647a } });
    const answer = { ...world.answered, challenge, envelopeSecretKey: world.hybrid.secretKey };
    expect(toHex((await world.open(byXWing, answer)).dataKey)).toBe(
      toHex((await world.open(await world.releaseBody())).dataKey),
    );
    const delegate = world.other.account;
    const delegated = await world.delegated(delegate.address);
    const accepted = await world.guard()(await world.challengeBody({}, { signer: delegate, delegated }));
    expect(accepted.signer).toBe(delegate.address);
    const body = await world.releaseBody({ signer: delegate });
    const envelopeSecretKey = world.enclave.envelope.secretKey;
    expect(await codeOf(world.open(body, { ...accepted, envelopeSecretKey }))).toBe('accepted');
  });
});

test.each(['operator', 'scheduler', 'stranger'] as const)(
  'the %s’s key alone makes no result that anybody accepts',
  async (who) => {
    const { kit, enclave, people } = world;
    const certificate = certificateOf(world, enclave.account.address);
    const receipt = receiptOf(certificate);
    const byThem = await signReceipt(receipt, kit.domain, people[who]);
    expect(await codeOf(verifyCertificateFile({ certificate, receipt, signature: byThem }))).toBe(
      'protocol.badCertificate',
    );
    // With their own key in the certificate it agrees with itself; but no owner releases to that key, so the chain takes no receipt by it.
    const theirs = certificateOf(world, people[who].address);
    const own = receiptOf(theirs);
    const signature = await signReceipt(own, kit.domain, people[who]);
    expect(await verifyCertificateFile({ certificate: theirs, receipt: own, signature })).toBe(people[who].address);
    const verdict = await world.judge(world.evidence, {
      challenge: { ...world.expected, signer: people[who].address },
    });
    expect(verdict.allowed ? [] : verdict.denials.map(({ code }) => code)).toContain('evidence:signer-mismatch');
    expect(
      await codeOf(
        world.open(await world.releaseBody({ release: { enclaveKey: people[who].address }, signer: people[who] })),
      ),
    ).toBe('enclave.releaseMismatch');
  },
);

function certificateOf({ kit, evidenceId }: World, enclaveKey: Address): Certificate {
  const { privacy } = kit.spec;
  return {
    version: 1,
    ...{ job: kit.jobId, attempt: 1, dataset: kit.order.datasetId, graph: kit.order.graphDigest },
    ...{ spec: kit.order.specDigest, data: kit.manifest.blob, model: id('aa'), mechanism: 'dp-sgd' },
    ...{ adjacency: privacy.adjacency, unit: 'row', accountant: 'pld', epsilon: privacy.epsilon, delta: 1e-5 },
    ...{ steps: privacy.steps, noiseMultiplier: privacy.noiseMultiplier, samplingRate: privacy.samplingRate },
    ...{ clipNorm: 1, ledgerCharge: { rdpLow: id('01'), rdpHigh: id('02') } },
    evidence: { kind: 'software', id: evidenceId, level: 0, measurement: kit.policy.measurements[0]! },
    ...{ provider: kit.provider, enclaveKey, chain: { id: kit.domain.chainId, jobs: kit.domain.jobs } },
    ...{ issuedAt: NOW_SEC, warnings: [] },
  };
}

const receiptOf = (certificate: Certificate) => ({
  ...{ jobId: certificate.job, attempt: 1, steps: certificate.steps, resultDigest: id('bb') },
  certificateDigest: certificateDigest(certificate),
  ...{ rdpLow: BigInt(id('01')), rdpHigh: BigInt(id('02')) },
});
