/** Addresses that are remembered: a map without bound is a way to fill the memory. */
const MOST_KEYS = 10_000;

/** Takes one request of that key; the milliseconds to wait if it is one too many, else 0. */
export type RateLimit = (key: string) => number;

/** A token bucket for each key: `perMinute` requests, refilled evenly, with the whole minute as burst. `now` in milliseconds. */
export function createRateLimit(perMinute: number, now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const perMs = perMinute / 60_000;
  return (key) => {
    const time = now();
    const bucket = buckets.get(key);
    const tokens = bucket === undefined ? perMinute : Math.min(perMinute, bucket.tokens + (time - bucket.at) * perMs);
    // The keys that were seen longest ago go first: their buckets are the fullest.
    buckets.delete(key);
    if (buckets.size >= MOST_KEYS) buckets.delete(buckets.keys().next().value!);
    const left = tokens >= 1 ? tokens - 1 : tokens;
    buckets.set(key, { tokens: left, at: time });
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs);
  };
}
