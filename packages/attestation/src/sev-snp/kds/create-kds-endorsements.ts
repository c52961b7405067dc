import { createEndorsementStore } from '../../endorsements/create-endorsement-store.ts';
import { DAY_SEC, isYoung, memoryCache, oncePerUrl, type FetchCache } from '../../endorsements/fetch-cache.ts';
import { readBody } from '../../endorsements/read-body.ts';
import { sortDocument } from '../../endorsements/sort-document.ts';
import type { Endorsements } from '../../verifier.ts';
import { AMD_KDS, kdsRequest, type KdsRequest } from './kds-request.ts';

/** What was fetched, as a cache keeps it. */
export interface KdsEntry {
  /** The answer as it came: DER, or PEM for chains. */
  readonly body: Uint8Array;
  readonly fetchedAt: Date;
}

export interface KdsEndorsementsOptions {
  /** Makes the requests. Time-outs and proxies are its business. */
  readonly fetch: (url: string, init: { redirect: 'error' }) => Promise<Response>;
  /** Default: AMD's own service. */
  readonly address?: string;
  /** Entries by address. Default: memory. AMD's service refuses who asks often: keep one that outlives the process. */
  readonly cache?: FetchCache<KdsEntry>;
  /** How old a revocation list may get before a newer one is asked for. Default: a day. */
  readonly refreshSec?: number;
  /** Is told what could not be fetched; what is in the cache then goes on. */
  readonly onFailure?: (problem: { readonly url: string; readonly message: string }) => void;
}

/** As much as is read of any document: AMD's lists name product authorities only, and have stayed far below. */
const MAX_BYTES = 262_144;
/** How long nothing is asked after the service said "too many requests" without saying for how long. */
const DEFAULT_WAIT_SEC = 60;

/**
 * Endorsements out of AMD's key distribution service. A certificate is fetched once for ever, a revocation list once a day;
 * after "too many requests" the service is left alone for as long as it asks. What can't be fetched is answered from the
 * cache, else not at all. Nothing that comes back is trusted here: the verifier checks every certificate and list.
 *
 * @example
 * const endorsements = createKdsEndorsements({ fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }) });
 */
export function createKdsEndorsements(options: KdsEndorsementsOptions): Endorsements {
  const { address = AMD_KDS, cache = memoryCache<KdsEntry>(), refreshSec = DAY_SEC, onFailure } = options;
  const once = oncePerUrl<KdsEntry | undefined>();
  let notBefore = -Infinity;

  async function load(request: KdsRequest, now: Date): Promise<KdsEntry | undefined> {
    const { url, isFixed } = request;
    const cached = await cache.get(url);
    if (cached !== undefined && (isFixed || isYoung(cached.fetchedAt, now, refreshSec))) return cached;
    if (now.getTime() < notBefore) {
      onFailure?.({ url, message: `The service asked not to be asked before ${new Date(notBefore).toISOString()}.` });
      return cached;
    }
    try {
      const response = await options.fetch(url, { redirect: 'error' });
      if (response.status === 429) notBefore = now.getTime() + waitSec(response) * 1_000;
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`The service answered ${response.status}.`);
      }
      const entry = { body: await readBody(response, MAX_BYTES), fetchedAt: now };
      // What can't be read is not kept: the next answer may be better.
      sortDocument(entry.body);
      await cache.set(url, entry);
      return entry;
    } catch (error) {
      onFailure?.({ url, message: error instanceof Error ? error.message : String(error) });
      return cached;
    }
  }

  return {
    async get(query, now) {
      const request = kdsRequest(query, address);
      if (request === undefined) return undefined;
      const entry = await once(request.url, () => load(request, now));
      return entry === undefined ? undefined : createEndorsementStore([entry.body]).get(query, now);
    },
  };
}

/** Retry-After in seconds (RFC 9110, section 10.2.3), between a second and a day; a date in it counts as not given. */
function waitSec(response: Response): number {
  const header = response.headers.get('retry-after') ?? '';
  const seconds = /^\d{1,6}$/.test(header) ? Number(header) : DEFAULT_WAIT_SEC;
  return Math.min(Math.max(seconds, 1), DAY_SEC);
}
