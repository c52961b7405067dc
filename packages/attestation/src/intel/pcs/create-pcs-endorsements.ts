import { utf8 } from '@encryptech/base';
import { DAY_SEC, isYoung, memoryCache, oncePerUrl, type FetchCache } from '../../endorsements/fetch-cache.ts';
import { readBody } from '../../endorsements/read-body.ts';
import { sortDocument } from '../../endorsements/sort-document.ts';
import type { EndorsementQuery, Endorsements } from '../../verifier.ts';
import { INTEL_PCS, pcsRequest, type PcsAddresses, type PcsRequest } from './pcs-request.ts';

/** What was fetched, as a cache keeps it. */
export interface PcsEntry {
  readonly body: Uint8Array;
  /** PEM; for documents that come with one. */
  readonly issuerChain?: Uint8Array;
  readonly fetchedAt: Date;
  /** The document's own end of validity. */
  readonly nextUpdate: Date;
}

export interface PcsEndorsementsOptions {
  /** Makes the requests. Time-outs, proxies and keys are its business. */
  readonly fetch: (url: string, init: { redirect: 'error' }) => Promise<Response>;
  /** Default: Intel's own service. */
  readonly addresses?: PcsAddresses;
  /** Entries by address. Default: memory. A cache that outlives the process saves the service a visit a day. */
  readonly cache?: FetchCache<PcsEntry>;
  /** How old an entry may get before a newer one is asked for. Default: a day. */
  readonly refreshSec?: number;
  /** Is told what could not be fetched; what is in the cache then goes on. */
  readonly onFailure?: (problem: { readonly url: string; readonly message: string }) => void;
}

const MAX_BYTES = 262_144;
const MAX_CHAIN = 16_384;

/**
 * Endorsements out of Intel's provisioning certification service. Each document is fetched once a day and never after its
 * end served as new; what can't be fetched is answered from the cache, else not at all, and the verifier says what that
 * means: no TCB info is an error, no revocation list leaves revocation unknown. Nothing that comes back is trusted here.
 *
 * @example
 * const endorsements = createPcsEndorsements({ fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }) });
 * const claims = await verifyEvidence(evidence, { now: new Date(), anchors: { vendor: vendorAnchors, development: [] }, endorsements });
 */
export function createPcsEndorsements(options: PcsEndorsementsOptions): Endorsements {
  const { addresses = INTEL_PCS, cache = memoryCache<PcsEntry>(), refreshSec = DAY_SEC, onFailure } = options;
  const once = oncePerUrl<PcsEntry | undefined>();
  /** By kind and document: the chain that came with the last answer. */
  const chains = new Map<string, Uint8Array>();

  async function load(request: PcsRequest, query: EndorsementQuery, now: Date): Promise<PcsEntry | undefined> {
    const cached = await cache.get(request.url);
    if (cached !== undefined && isFresh(cached, now, refreshSec)) return cached;
    try {
      const entry = await fetchEntry(options.fetch, request, query, now);
      await cache.set(request.url, entry);
      return entry;
    } catch (error) {
      onFailure?.({ url: request.url, message: error instanceof Error ? error.message : String(error) });
      return cached;
    }
  }

  return {
    async get(query, now) {
      if (query.type === 'issuer-chain') return chains.get(`${query.kind}/${query.subject}`);
      const request = pcsRequest(query, addresses);
      if (request === undefined) return undefined;
      const entry = await once(request.url, () => load(request, query, now));
      if (entry?.issuerChain !== undefined) chains.set(`${query.kind}/${query.type}`, entry.issuerChain);
      return entry?.body;
    },
  };
}

// Written so that an invalid date is never fresh.
const isFresh = ({ fetchedAt, nextUpdate }: PcsEntry, now: Date, refreshSec: number): boolean =>
  isYoung(fetchedAt, now, refreshSec) && now.getTime() <= nextUpdate.getTime();

async function fetchEntry(
  request: PcsEndorsementsOptions['fetch'],
  { url, chainHeaders }: PcsRequest,
  { type, subject }: EndorsementQuery,
  now: Date,
): Promise<PcsEntry> {
  const response = await request(url, { redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The service answered ${response.status} for ${type} ${subject}.`);
  }
  const bytes = await readBody(response, MAX_BYTES);
  const header = chainHeaders.map((name) => response.headers.get(name)).find((value) => value !== null);
  if (chainHeaders.length > 0 && header === undefined)
    throw new Error(`The service's answer for ${type} ${subject} has no issuer chain.`);
  const found = sortDocument(bytes).find((document) => document.type === type);
  if (found?.type === 'revocation-list')
    return { body: found.bytes, fetchedAt: now, nextUpdate: found.list.nextUpdate };
  if (found?.type !== 'tcb-info' && found?.type !== 'enclave-identity')
    throw new Error(`The service answered something else than ${type} ${subject}.`);
  return { body: bytes, issuerChain: decodeChain(header ?? ''), fetchedAt: now, nextUpdate: found.endsAt };
}

/** Headers can't hold line ends, so the PEM text comes percent-encoded. */
function decodeChain(header: string): Uint8Array {
  if (header.length > MAX_CHAIN) throw new Error(`The service's issuer chain has ${header.length} characters.`);
  return utf8(decodeURIComponent(header));
}
