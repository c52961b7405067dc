import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodingErrors,
  providerFacts,
  providersAbi,
  setAsk,
  type ChainClient,
  type ChainWriter,
} from '@encryptech/chain';
import type { Logger } from 'pino';

const LOOK_EVERY_MS = 60_000;

export interface AskOptions {
  client: ChainClient;
  writer: ChainWriter;
  /** Wei a unit that the configuration asks. */
  ask: bigint;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Keeps the posted rate for reserved work at what the configuration asks, until the signal. The contract lets it move by a
 * quarter in an epoch, so a large change takes several: one transaction an epoch at most, none when it is right.
 */
export async function keepAskPosted({ client, writer, ask, log, signal }: AskOptions): Promise<void> {
  const { providers } = client.deployment.contracts;
  const at = { address: providers, abi: providersAbi, blockTag: 'pending' } as const;
  while (!signal.aborted) {
    try {
      const { ask: posted } = await providerFacts(client, writer.account);
      if (posted !== ask) {
        const [[least, most], epoch] = await decodingErrors(
          Promise.all([
            client.public.readContract({ ...at, functionName: 'askRange', args: [writer.account] }),
            client.public.readContract({ ...at, functionName: 'epoch' }),
          ]),
        );
        const next = ask < least ? least : ask > most ? most : ask;
        if (next !== posted) {
          await setAsk(writer, { ask: next, key: `ask:${epoch}:${posted}:${next}` });
          const reason =
            next === ask ? 'The configuration asks that' : 'As near to the configuration as this epoch allows';
          log.info({ from: posted.toString(), to: next.toString(), wanted: ask.toString(), reason }, 'Posted a rate');
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'The rate for reserved work could not be posted');
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
