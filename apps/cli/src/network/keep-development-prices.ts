import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createFileIntentStore,
  createIntentSender,
  reportDevelopmentPrices,
  type ChainClient,
  type EmbeddedChain,
} from '@encryptech/chain';
import type { Home } from '../home/home.ts';

const LOOK_EVERY_MS = 30_000;

/**
 * Has the reporters of an embedded network renew its development prices while the network runs: made-up prices, so that desk and
 * gateway can be tried. Resolves to what ends it. Each round that reports is a line in the log `prices`.
 */
export async function keepDevelopmentPrices(
  home: Home,
  chain: Pick<EmbeddedChain, 'keys'>,
  client: ChainClient,
): Promise<{ stop: () => Promise<void> }> {
  const store = createFileIntentStore(join(home.chainDir, 'reporter-intents.jsonl'));
  const reporters = await Promise.all(
    (['reporterA', 'reporterB'] as const).map((name) =>
      createIntentSender({ client, account: chain.keys.named(name), store }),
    ),
  );
  const ending = new AbortController();
  const { signal } = ending;
  const say = (facts: object): Promise<void> =>
    appendFile(home.logFile('prices'), `${JSON.stringify({ time: Date.now(), ...facts })}\n`, { mode: 0o600 });
  const rounds = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const reports = await reportDevelopmentPrices(client, reporters);
        if (reports > 0) await say({ reports, reason: 'Development prices are renewed: no market is behind them' });
      } catch (error) {
        // The chain may be away for a while; prices age meanwhile, and desk and gateway wait.
        if (!signal.aborted) await say({ error: String(error) }).catch(() => undefined);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = rounds();
  const end = async (): Promise<void> => {
    ending.abort();
    for (const reporter of reporters) await reporter.close();
    await running;
    await store.close();
  };
  let ended: Promise<void> | undefined;
  // Networks may be stopped twice, files may not be closed twice.
  return { stop: () => (ended ??= end()) };
}
