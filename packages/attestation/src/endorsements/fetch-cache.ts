/** What a service was asked for, by address. One that outlives the process saves the service a visit a day. */
export interface FetchCache<Entry> {
  get(url: string): Promise<Entry | undefined>;
  set(url: string, entry: Entry): Promise<void>;
}

export const DAY_SEC = 86_400;

/** A cache that lives as long as the process. */
export function memoryCache<Entry>(): FetchCache<Entry> {
  const entries = new Map<string, Entry>();
  return {
    get: (url) => Promise.resolve(entries.get(url)),
    set(url, entry) {
      entries.set(url, entry);
      return Promise.resolve();
    },
  };
}

/** True while an entry is at most so old. Written so that an invalid date is never young, nor one of the future. */
export function isYoung(fetchedAt: Date, now: Date, mostSec: number): boolean {
  const ageMs = now.getTime() - fetchedAt.getTime();
  return ageMs >= 0 && ageMs <= mostSec * 1_000;
}

/** Runs one request an address at a time: whoever asks meanwhile gets the same answer. */
export function oncePerUrl<Result>(): (url: string, load: () => Promise<Result>) => Promise<Result> {
  const underWay = new Map<string, Promise<Result>>();
  return (url, load) => {
    const known = underWay.get(url);
    if (known !== undefined) return known;
    const loading = load().finally(() => underWay.delete(url));
    underWay.set(url, loading);
    return loading;
  };
}
