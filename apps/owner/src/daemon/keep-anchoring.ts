import { anchorLog, type ChainWriter } from '@encryptech/chain';
import type { Logger } from 'pino';
import type { ReleaseLog } from '../release-log/open-release-log.ts';
import { sleep } from './sleep.ts';

export interface AnchoringOptions {
  releaseLog: Pick<ReleaseLog, 'head'>;
  writer: ChainWriter;
  /** The head that the chain has. */
  anchored: string;
  everySec: number;
  log: Logger;
  signal: AbortSignal;
}

/** Publishes the head of the release log on chain now and then, when it has changed. From then on the log can't be cut shorter unseen. */
export async function keepAnchoring(options: AnchoringOptions): Promise<void> {
  const { releaseLog, writer, everySec, log, signal } = options;
  let { anchored } = options;
  if (everySec === 0) return;
  while (!signal.aborted) {
    const { head } = releaseLog;
    if (head !== anchored && !/^0x0+$/.test(head)) {
      try {
        await anchorLog(writer, { head });
        anchored = head;
        log.info({ head }, 'The release log is anchored');
      } catch (error) {
        log.warn({ err: error }, 'The release log could not be anchored');
      }
    }
    await sleep(everySec * 1000, signal);
  }
}
