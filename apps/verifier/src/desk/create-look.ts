import type { Address } from '@encryptech/base';
import { chainTime, providerFacts, type ChainClient } from '@encryptech/chain';
import type { Logger } from 'pino';
import type { Desk } from './create-desk.ts';
import { fetchEvidence } from './fetch-evidence.ts';
import type { SubjectStore } from './subject-store.ts';

/** Providers that are looked at together: one that does not answer holds up few others. */
const AT_ONCE = 16;
/** A provider whose evidence gave it no level is asked again after this time. */
const ASK_AGAIN_SEC = 900;

export interface LookOptions {
  client: ChainClient;
  desk: Desk;
  subjects: SubjectStore;
  /** Providers that are always looked at, by lower-case address; where no URL is, the chain's counts. */
  urls: ReadonlyMap<Address, string | undefined>;
  log: Logger;
}

/** Looks at every known provider once; while a look goes on, a call waits for it and starts no other. */
export interface Look {
  (): Promise<void>;
  /** Resolves when no look goes on. */
  idle(): Promise<void>;
}

/**
 * A look judges what is on record anew, and fetches new evidence where a record ends soon or there is none: so a provider
 * keeps its level without anybody posting anything.
 */
export function createLook({ client, desk, subjects, urls, log }: LookOptions): Look {
  const inVain = new Map<Address, number>();
  let going: Promise<void> | undefined;

  const lookAt = async (subject: Address): Promise<void> => {
    await desk.review(subject);
    const now = await chainTime(client);
    if (now < (inVain.get(subject) ?? 0) + ASK_AGAIN_SEC || !(await desk.isDue(subject))) return;
    const url = urls.get(subject) ?? (await providerFacts(client, subject)).url;
    if (url === '') return;
    const newest = await client.public.getBlockNumber({ cacheTime: 0 });
    const { recorded, level, reasons } = await desk.submit(await fetchEvidence({ subject, url }, newest));
    if (recorded) inVain.delete(subject);
    else {
      inVain.set(subject, now);
      log.info({ subject, securityLevel: level, reasons }, 'Fetched evidence changes nothing on chain');
    }
  };
  const lookAtAll = async (): Promise<void> => {
    const waiting = [...new Set([...(await subjects.list()), ...urls.keys()])];
    const worker = async (): Promise<void> => {
      for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
        try {
          await lookAt(subject);
        } catch (error) {
          log.warn({ subject, err: error }, 'A provider could not be looked at');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  const look = (): Promise<void> => (going ??= lookAtAll().finally(() => (going = undefined)));
  return Object.assign(look, { idle: async () => going });
}
