import type { EvidenceClaims } from '../../src/claims.ts';
import type { Evidence, TeeKind } from '../../src/evidence.ts';
import type { TrustAnchors } from '../../src/verifier.ts';

/** A case as JSON: bytes in hex. */
export interface WrittenCase {
  readonly id: string;
  readonly kind: TeeKind;
  readonly body: string;
  readonly documents: readonly string[];
  /** Fingerprints that are pinned for the kind. */
  readonly pinned: readonly `0x${string}`[];
  readonly now: string;
}

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export interface BrowserCase {
  readonly id: string;
  readonly evidence: Pick<Evidence, 'kind' | 'body'>;
  readonly documents: readonly Uint8Array[];
  readonly anchors: TrustAnchors;
  readonly now: Date;
}

export function encodeCase({ id, evidence, documents, anchors, now }: BrowserCase): WrittenCase {
  const pinned = evidence.kind === 'software' ? anchors.development : (anchors.vendor[evidence.kind] ?? []);
  return {
    id,
    kind: evidence.kind,
    body: hexOf(evidence.body),
    documents: documents.map(hexOf),
    pinned: pinned.map(({ fingerprint }) => fingerprint),
    now: now.toISOString(),
  };
}

export function decodeCase({ id, kind, body, documents, pinned, now }: WrittenCase): BrowserCase {
  const roots = pinned.map((fingerprint) => ({ fingerprint }));
  return {
    id,
    evidence: { kind, body: fromHex(body) },
    documents: documents.map(fromHex),
    anchors: kind === 'software' ? { vendor: {}, development: roots } : { vendor: { [kind]: roots }, development: [] },
    now: new Date(now),
  };
}

/** All claims as one text, to compare what two engines found. */
export const claimsText = (claims: EvidenceClaims): string =>
  JSON.stringify(claims, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
