import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex, type Hex } from '@encryptech/base';
import {
  auditFinding,
  bytes32,
  challenge,
  delegation,
  developer,
  domain,
  enclave,
  grant,
  offer,
  order,
  owner,
  provider,
  receipt,
  registration,
  servedFinding,
  voucher,
} from '../../test/fixtures.ts';
import { auditFindingCodec } from './audit-finding.ts';
import { checkpointCodec, verifyCheckpoint, signCheckpoint } from './checkpoint.ts';
import { offerCodec, signOffer, verifyOffer } from './compute-offer.ts';
import { grantCodec, signGrant, verifyGrant } from './dataset-grant.ts';
import { hashOrder, orderCodec, orderFromJson, orderToJson, signOrder, verifyOrder } from './job-order.ts';
import { delegationCodec } from './delegation.ts';
import { keyReleaseCodec } from './key-release.ts';
import { ownerChallengeCodec, signOwnerChallenge, verifyOwnerChallenge } from './owner-challenge.ts';
import { receiptCodec, signReceipt, verifyReceipt } from './receipt.ts';
import { registrationCodec, registrationNonce, signRegistration, verifyRegistration } from './registration.ts';
import { servedFindingCodec } from './served-finding.ts';
import { signedTypes, type SignedTypeName } from './signed-types.ts';
import { voucherCodec } from './voucher.ts';

// The binding text of each type, as the contracts hash it.
const typeStrings: Record<SignedTypeName, string> = {
  JobOrder:
    'JobOrder(address developer,bytes32 datasetId,bytes32 graphDigest,bytes32 specDigest,bytes32 resultKey,uint64 units,uint32 steps,uint32 durationSec,uint128 maxRate,uint128 maxDatasetFee,uint8 minLevel,uint8 kind,uint16 minReputationBps,uint64 minSpeed,uint256 rdpLow,uint256 rdpHigh,uint64 nonce,uint64 expiresAt)',
  ComputeOffer:
    'ComputeOffer(address provider,uint128 ask,uint64 maxUnits,uint32 maxDurationSec,uint64 nonce,uint64 expiresAt)',
  DatasetGrant:
    'DatasetGrant(bytes32 datasetId,address developer,uint128 fee,uint8 minLevel,bytes32 policyDigest,uint64 nonce,uint64 expiresAt)',
  KeyRelease:
    'KeyRelease(bytes32 jobId,uint32 attempt,address enclaveKey,bytes32 evidenceId,bytes32 policyDigest,bytes32 logHead)',
  Checkpoint: 'Checkpoint(bytes32 jobId,uint32 attempt,uint32 step,bytes32 digest)',
  Receipt:
    'Receipt(bytes32 jobId,uint32 attempt,uint32 steps,bytes32 resultDigest,bytes32 certificateDigest,uint256 rdpLow,uint256 rdpHigh)',
  OwnerChallenge:
    'OwnerChallenge(address owner,bytes32 nonce,bytes32 datasetId,bytes32 jobId,uint32 attempt,bytes32 policyDigest,uint64 expiresAt,uint16 kem)',
  Delegation: 'Delegation(address owner,address key,bytes32 evidenceId,bytes32 logHead,uint64 expiresAt)',
  Voucher: 'Voucher(bytes32 channelId,uint128 total)',
  AuditFinding:
    'AuditFinding(bytes32 jobId,uint32 attempt,bytes32 resultDigest,uint64 deviationMicro,uint64 toleranceMicro)',
  ServedFinding: 'ServedFinding(bytes32 jobId,bytes32 resultDigest,uint64 fetchedAt)',
  Registration: 'Registration(address provider,uint64 block,bytes32 nonce,bytes32 evidenceDigest)',
};

const release = {
  jobId: bytes32('2'),
  attempt: 1,
  enclaveKey: enclave.address,
  evidenceId: bytes32('4'),
  policyDigest: bytes32('d'),
  logHead: bytes32('6'),
};
const checkpoint = { jobId: bytes32('2'), attempt: 1, step: 150, digest: bytes32('7') };
const cases = [
  ['JobOrder', orderCodec, order, developer],
  ['ComputeOffer', offerCodec, offer, provider],
  ['DatasetGrant', grantCodec, grant, owner],
  ['KeyRelease', keyReleaseCodec, release, owner],
  ['Checkpoint', checkpointCodec, checkpoint, enclave],
  ['Receipt', receiptCodec, receipt, enclave],
  ['OwnerChallenge', ownerChallengeCodec, challenge, owner],
  ['Delegation', delegationCodec, delegation, owner],
  ['Voucher', voucherCodec, voucher, developer],
  ['AuditFinding', auditFindingCodec, auditFinding, provider],
  ['ServedFinding', servedFindingCodec, servedFinding, provider],
  ['Registration', registrationCodec, registration, provider],
] as const;

const keccak = (...words: Uint8Array[]): Uint8Array => keccak_256(Uint8Array.from(words.flatMap((word) => [...word])));
const keccakText = (text: string): Uint8Array => keccak_256(new TextEncoder().encode(text));
const word = (value: unknown): Uint8Array =>
  fromHex(
    (typeof value === 'string' ? value.slice(2) : BigInt(value as bigint).toString(16)).toLowerCase().padStart(64, '0'),
  );

/** EIP-712 by the letter, from nothing but keccak-256: the oracle. */
function digestByHand(name: SignedTypeName, value: Record<string, unknown>): Hex {
  const domainSeparator = keccak(
    keccakText('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    keccakText('Encryptech'),
    keccakText('1'),
    word(domain.chainId),
    word(domain.jobs),
  );
  const fields = typeStrings[name]
    .slice(name.length + 1, -1)
    .split(',')
    .map((field) => field.split(' ')[1]!);
  const struct = keccak(keccakText(typeStrings[name]), ...fields.map((field) => word(value[field])));
  return toHex(keccak(Uint8Array.of(0x19, 0x01), domainSeparator, struct));
}

describe.each(cases)('%s', (name, codec, value, signer) => {
  // One codec at a time: the union of all is not callable.
  const one = codec as unknown as typeof orderCodec;
  const some = value as unknown as typeof order;

  test('has the fields of the binding text, in its order', () => {
    const text = signedTypes[name].map((field) => `${field.type} ${field.name}`).join(',');
    expect(`${name}(${text})`).toBe(typeStrings[name]);
  });

  test('has the digest that EIP-712 gives', () => {
    expect(one.hash(some, domain)).toBe(digestByHand(name, value));
  });

  test('is signed, and recovered', async () => {
    const signature = await one.sign(some, domain, signer);
    expect(await one.recover(some, signature, domain)).toBe(signer.address);
    await one.verify(some, signature, domain, signer.address);
    await expect(one.verify(some, signature, domain, bytes32('f').slice(0, 42) as Hex)).rejects.toMatchObject({
      code: 'protocol.wrongSigner',
    });
  });

  test('goes through JSON and back', () => {
    const json = JSON.parse(JSON.stringify(one.toJson(some))) as unknown;
    expect(one.fromJson(json)).toStrictEqual(value);
  });

  test('is closed, and misses no field', () => {
    const json = one.toJson(some) as Record<string, unknown>;
    expect(() => one.fromJson({ ...json, more: 1 })).toThrow(expect.objectContaining({ place: 'more' }));
    for (const key of Object.keys(json)) {
      const { [key]: _, ...rest } = json;
      expect(() => one.fromJson(rest)).toThrow(expect.objectContaining({ code: 'protocol.badDocument', place: key }));
    }
  });

  test('holds every integer to its Solidity width', () => {
    const json = one.toJson(some) as Record<string, unknown>;
    for (const field of signedTypes[name]) {
      if (!field.type.startsWith('uint')) continue;
      const bits = Number(field.type.slice(4));
      const most = (1n << BigInt(bits)) - 1n;
      const write = (item: bigint): unknown => (bits <= 32 ? Number(item) : item.toString());
      const back = one.fromJson({ ...json, [field.name]: write(most) }) as unknown as Record<string, unknown>;
      expect(BigInt(back[field.name] as bigint)).toBe(most);
      for (const bad of [most + 1n, -1n]) {
        expect(() => one.fromJson({ ...json, [field.name]: write(bad) })).toThrow(
          expect.objectContaining({ place: field.name }),
        );
      }
      expect(() => one.hash({ ...some, [field.name]: bits <= 32 ? Number(most) + 1 : most + 1n }, domain)).toThrow(
        expect.objectContaining({ place: field.name }),
      );
    }
  });
});

test('signature replay: another chain, contract, nonce or field gives another signer', async () => {
  const signature = await signOrder(order, domain, developer);
  expect(await verifyOrder(order, signature, domain)).toBe(hashOrder(order, domain));
  const wrong = { code: 'protocol.wrongSigner' };
  await expect(verifyOrder(order, signature, { ...domain, chainId: 1 })).rejects.toMatchObject(wrong);
  await expect(verifyOrder(order, signature, { ...domain, jobs: offer.provider })).rejects.toMatchObject(wrong);
  await expect(verifyOrder({ ...order, nonce: 0n }, signature, domain)).rejects.toMatchObject(wrong);
  await expect(verifyOrder({ ...order, maxRate: order.maxRate + 1n }, signature, domain)).rejects.toMatchObject(wrong);
});

test('signature malleability: the twin with the other s is refused', async () => {
  const signature = await signOrder(order, domain, developer);
  const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = n - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith('1b') ? '1c' : '1b';
  const twin = `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}` as Hex;
  await expect(verifyOrder(order, twin, domain)).rejects.toMatchObject({ code: 'protocol.badSignature' });
});

test('bytes that are no signature are refused by form', async () => {
  const signature = await signOrder(order, domain, developer);
  const bad: string[] = [
    '0x',
    signature.slice(0, -2),
    `${signature}00`,
    `${signature.slice(0, -2)}00`,
    `${signature.slice(0, -2)}1d`,
    `0x${'0'.repeat(128)}1b`,
    `0x${'f'.repeat(64)}${signature.slice(66)}`,
  ];
  for (const text of bad) {
    await expect(verifyOrder(order, text as Hex, domain)).rejects.toMatchObject({ code: 'protocol.badSignature' });
  }
});

test('a wallet callback signs the same as an account, and sees all fields', async () => {
  const seen: unknown[] = [];
  const signature = await signOrder(order, domain, async (data) => {
    seen.push(data.message);
    return developer.signTypedData(data as Parameters<typeof developer.signTypedData>[0]);
  });
  expect(signature).toBe(await signOrder(order, domain, developer));
  expect(seen).toStrictEqual([order]);
});

test('each named function asks for the right signer', async () => {
  await verifyOffer(offer, await signOffer(offer, domain, provider), domain);
  await verifyGrant(grant, await signGrant(grant, domain, owner), domain, owner.address);
  await verifyOwnerChallenge(challenge, await signOwnerChallenge(challenge, domain, owner), domain);
  await verifyCheckpoint(checkpoint, await signCheckpoint(checkpoint, domain, enclave), domain, enclave.address);
  await verifyReceipt(receipt, await signReceipt(receipt, domain, enclave), domain, enclave.address);
  const wrong = { code: 'protocol.wrongSigner' };
  await expect(verifyOffer(offer, await signOffer(offer, domain, owner), domain)).rejects.toMatchObject(wrong);
  const stolen = await signOwnerChallenge(challenge, domain, provider);
  await expect(verifyOwnerChallenge(challenge, stolen, domain)).rejects.toMatchObject(wrong);
});

test('a registration is its provider’s, for one register; the nonce is the hash of label, block, provider and register', async () => {
  const register = { chainId: domain.chainId, attestations: domain.jobs };
  const signature = await signRegistration(registration, register, provider);
  await verifyRegistration(registration, signature, register);
  const wrong = { code: 'protocol.wrongSigner' };
  await expect(verifyRegistration({ ...registration, block: 4_201n }, signature, register)).rejects.toMatchObject(
    wrong,
  );
  await expect(verifyRegistration(registration, signature, { ...register, chainId: 1 })).rejects.toMatchObject(wrong);
  const byOwner = await signRegistration(registration, register, owner);
  await expect(verifyRegistration(registration, byOwner, register)).rejects.toMatchObject(wrong);
  // As `printf | sha256sum` gives it.
  const nonce = registrationNonce({
    ...{ blockHash: bytes32('1'), subject: '0x00000000000000000000000000000000000000aA' },
    attestations: '0x00000000000000000000000000000000000000Bb',
  });
  expect(nonce).toBe('0x5d263541db5c2977ff167cd9b558bb21006f94f81e0e920dd767d8e0ab35084b');
});

test('any order goes through JSON and back', () => {
  const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  fc.assert(
    fc.property(
      uint(64),
      uint(128),
      uint(256),
      uint(64),
      fc.nat(2 ** 32 - 1),
      (units, maxRate, rdpLow, nonce, steps) => {
        const some = { ...order, units, maxRate, rdpLow, nonce, steps };
        expect(orderFromJson(JSON.parse(JSON.stringify(orderToJson(some))))).toStrictEqual(some);
      },
    ),
  );
});

test('vectors/eip712.json, which the contracts read too, is what this package signs', async () => {
  const path = join(import.meta.dirname, '../../../../vectors/eip712.json');
  const vectors = JSON.parse(readFileSync(path, 'utf8')) as {
    domain: { chainId: number; verifyingContract: Hex };
    cases: { type: SignedTypeName; typeHash: Hex; value: unknown; digest: Hex; signer: Hex; signature: Hex }[];
  };
  expect(vectors.domain).toMatchObject({ chainId: domain.chainId, verifyingContract: domain.jobs });
  expect(vectors.cases.map((item) => item.type)).toStrictEqual(cases.map(([name]) => name));
  for (const [i, [name, codec, , signer]] of cases.entries()) {
    const one = codec as unknown as typeof orderCodec;
    const vector = vectors.cases[i]!;
    expect(vector.typeHash).toBe(toHex(keccakText(typeStrings[name])));
    const value = one.fromJson(vector.value);
    expect(one.hash(value, domain)).toBe(vector.digest);
    expect(vector.signer).toBe(signer.address);
    expect(await one.sign(value, domain, signer)).toBe(vector.signature);
  }
});
