import { vendorAnchors, type TrustAnchors } from '@encryptech/attestation';
import { canonicalJson, concatBytes, fromHex, utf8, type DatasetId, type Hex, type Json } from '@encryptech/base';
import {
  envelopeCodec,
  hashDelegation,
  hashOwnerChallenge,
  kemOfChallenge,
  parseDatasetManifest,
  parseJson,
  parseReleasePolicy,
  type Delegation,
  type OwnerChallenge,
  type SigningDomain,
} from '@encryptech/protocol';
import { openEnvelope, sealEnvelope } from '@encryptech/sealing';
import { z } from 'zod';
import { checkedDataset, type OwnedDataset } from '../datasets/dataset-store.ts';
import type { LedgerState } from '@encryptech/privacy';
import { bytes, hex } from './delegation-messages.ts';

const LABEL = utf8('encryptech/delegation/v1');
const word = hex(32);

/** A dataset that a delegate decides about. */
export interface DelegatedDataset extends OwnedDataset {
  /** The dataset's ledger as the owner read it on chain: what the delegate may release is what was left then. */
  readonly ledger: LedgerState;
}

/** All that an owner hands to a delegate. */
export interface DelegationTerms {
  readonly datasets: readonly DelegatedDataset[];
  /** Under which roots the delegate accepts enclaves: the owner's own. */
  readonly anchors: TrustAnchors;
  /** What it seals keys by. */
  readonly kem: 'x25519' | 'x-wing';
  /** The owner's release log, which the delegate's goes on from. */
  readonly log: { readonly entries: number; readonly head: Hex };
  /** Attempts that had their release, as `JOB-ATTEMPT`. */
  readonly released: readonly string[];
}

const termsTypes = {
  terms: {
    maxBytes: 4_000_000,
    schema: z.strictObject({
      version: z.literal(1),
      datasets: z
        .array(
          z.strictObject({
            id: hex(32),
            secret: bytes(32, 32),
            manifest: bytes(2, 1_000_000),
            policy: bytes(2, 1_000_000),
            ledger: z.strictObject({ spentLow: word, spentHigh: word, reservedLow: word, reservedHigh: word }),
          }),
        )
        .min(1)
        .max(1_000),
      vendorRoots: z.boolean(),
      developmentRoots: z
        .array(z.strictObject({ fingerprint: hex(32), certificate: bytes(1, 8_192).optional() }))
        .max(8),
      kem: z.enum(['x25519', 'x-wing']),
      log: z.strictObject({ entries: z.number().int().nonnegative(), head: hex(32) }),
      released: z.array(z.string().regex(/^0x[0-9a-f]{64}-\d{1,10}$/)).max(20_000),
    }),
  },
} as const;
const termsCodec = envelopeCodec(termsTypes);

/** The exchange that terms are sealed in: one challenge, and one delegation that the owner signs for the evidence that answered it. */
export interface DelegationContext {
  readonly challenge: OwnerChallenge;
  readonly delegation: Delegation;
  readonly domain: SigningDomain;
}

const infoOf = ({ challenge, domain }: DelegationContext): Uint8Array =>
  concatBytes(LABEL, fromHex(hashOwnerChallenge(challenge, domain), 32));
const aadOf = ({ delegation, domain }: DelegationContext): Uint8Array =>
  fromHex(hashDelegation(delegation, domain), 32);

/**
 * The terms in an envelope that only the attested delegate opens, for this challenge and delegation.
 *
 * @throws `sealing.badKey`, `protocol.tooLarge`
 */
export async function sealTerms(
  terms: DelegationTerms,
  { recipient, ...context }: DelegationContext & { readonly recipient: Uint8Array },
): Promise<Uint8Array> {
  const { anchors, datasets, kem, log, released } = terms;
  const plaintext = termsCodec.encode({
    type: 'terms',
    body: {
      version: 1,
      datasets: datasets.map(({ id, secret, manifest, policy, ledger }) => ({
        ...{ id, secret, manifest: jsonBytes(manifest), policy: jsonBytes(policy) },
        ledger: {
          spentLow: wordOf(ledger.spentLow),
          spentHigh: wordOf(ledger.spentHigh),
          reservedLow: wordOf(ledger.reservedLow),
          reservedHigh: wordOf(ledger.reservedHigh),
        },
      })),
      vendorRoots: Object.keys(anchors.vendor).length > 0,
      developmentRoots: anchors.development.map((root) => ({ ...root })),
      ...{ kem, log: { ...log }, released: [...released] },
    },
  });
  try {
    const kemOfKey = kemOfChallenge(context.challenge);
    return await sealEnvelope({
      ...{ kem: kemOfKey, recipient, plaintext },
      ...{ info: infoOf(context), aad: aadOf(context) },
    });
  } finally {
    plaintext.fill(0);
  }
}

/**
 * The terms in an owner's envelope, each dataset agreeing with itself.
 *
 * @throws `sealing.envelopeRejected` for another enclave, challenge or delegation; `protocol.badMessage`, `protocol.badDocument`, `owner.badDataset`
 */
export async function openTerms(
  sealed: Uint8Array,
  { secretKey, ...context }: DelegationContext & { readonly secretKey: Uint8Array },
): Promise<DelegationTerms> {
  const plaintext = await openEnvelope({
    ...{ kem: kemOfChallenge(context.challenge), secretKey, envelope: sealed },
    ...{ info: infoOf(context), aad: aadOf(context) },
  });
  const { body } = termsCodec.decode(plaintext);
  const terms: DelegationTerms = {
    datasets: body.datasets.map(({ id, secret, manifest, policy, ledger }) => ({
      ...checkedDataset({
        ...{ id: id as DatasetId, secret: secret.slice() },
        manifest: parseDatasetManifest(parseJson(text(manifest))),
        policy: parseReleasePolicy(parseJson(text(policy))),
      }),
      ledger: {
        spentLow: BigInt(ledger.spentLow),
        spentHigh: BigInt(ledger.spentHigh),
        reservedLow: BigInt(ledger.reservedLow),
        reservedHigh: BigInt(ledger.reservedHigh),
      },
    })),
    anchors: {
      vendor: body.vendorRoots ? vendorAnchors : {},
      development: body.developmentRoots.map(({ fingerprint, certificate }) => ({
        fingerprint,
        ...(certificate === undefined ? {} : { certificate }),
      })),
    },
    ...{ kem: body.kem, log: body.log, released: body.released },
  };
  plaintext.fill(0);
  return terms;
}

const jsonBytes = (value: object): Uint8Array => utf8(canonicalJson(value as unknown as Json));
const text = (value: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(value);
const wordOf = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;
