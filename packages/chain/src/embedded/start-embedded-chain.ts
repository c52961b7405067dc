import { join } from 'node:path';
import { parseEther } from 'viem';
import { chainError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createAnvilClient, fundAccount, genesisHashOf, setClock, type AnvilClient } from './anvil-rpc.ts';
import { loadChainKeys, type ChainKeys } from './chain-keys.ts';
import { readChainRecord, writeChainRecord, type ChainRecord } from './chain-record.ts';
import type { EmbeddedChain, EmbeddedChainOptions } from './embedded-chain.ts';
import { lockFolder } from './folder-lock.ts';
import { launchChain, rpcUrlOf, type ChainFolder, type RunningAnvil } from './launch-chain.ts';
import { processIsAlive } from './process-is-alive.ts';
import { readSavedState, stateFilesOf } from './saved-state.ts';
import { startStateSaver } from './state-saver.ts';

/**
 * Starts the embedded chain of a folder: an anvil that mines each transaction at once, begins in the past when it is new
 * (see {@link EmbeddedChain.finishSetup}), and whose state outlives restarts.
 *
 * - Killing this process leaves anvil running; the next start in the folder takes it over with nothing lost.
 * - Killing anvil, or the machine, loses what came after the last save (`saveIntervalMs`), never more.
 *
 * Time: blocks come with transactions only. A call that depends on time must therefore be simulated on the `pending`
 * block, which carries the present, and not on `latest`, which carries the time of the last transaction;
 * everything in this package does so, and anvil estimates gas that way by itself.
 *
 * @throws `chain.anvilMissing` `chain.startFailed` `chain.alreadyRunning` `chain.portTaken` `chain.stateUnreadable` `chain.keysUnreadable`
 */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const { dir } = options;
  const folder: ChainFolder = { dir, state: stateFilesOf(dir), record: join(dir, 'chain.json') };
  const keys = loadChainKeys(join(dir, 'keys.json'), options.mnemonic);
  const lock = lockFolder(join(dir, 'chain.lock'));
  if ('heldBy' in lock) return attach(options, folder, keys, lock.heldBy);
  try {
    const running = (await takeOver(folder)) ?? (await launchChain(options, folder, keys));
    return await own(running, options, folder, keys, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The anvil that outlived the process which started it, if the record names one and it is the same chain. */
async function takeOver(folder: ChainFolder): Promise<RunningAnvil | undefined> {
  const record = readChainRecord(folder.record);
  if (record === undefined || !processIsAlive(record.pid)) return undefined;
  const client = createAnvilClient(rpcUrlOf(record.port), record.chainId);
  if (!(await serves(client, record))) return undefined;
  const taken = { ...record, ownerPid: process.pid };
  writeChainRecord(folder.record, taken);
  return { record: taken, client, child: undefined, fresh: false };
}

async function serves(client: AnvilClient, record: ChainRecord): Promise<boolean> {
  try {
    return (await client.getChainId()) === record.chainId && (await genesisHashOf(client)) === record.genesisHash;
  } catch {
    return false;
  }
}

async function attach(
  options: EmbeddedChainOptions,
  folder: ChainFolder,
  keys: ChainKeys,
  holder: number,
): Promise<EmbeddedChain> {
  const record = readChainRecord(folder.record);
  const client = record && createAnvilClient(rpcUrlOf(record.port), record.chainId);
  const usable = record !== undefined && client !== undefined && (await serves(client, record));
  if (!usable || options.ifRunning !== 'attach') {
    throw chainError({
      code: 'chain.alreadyRunning',
      message: `Process ${holder} runs the embedded chain of this folder.`,
      place: folder.dir,
      hint: usable ? `Use its RPC address ${rpcUrlOf(record.port)}, or stop it first.` : 'Stop that process first.',
      data: { pid: holder, ...(usable ? { rpcUrl: rpcUrlOf(record.port) } : {}) },
      retry: 'later',
    });
  }
  return {
    ...face({ record, client, child: undefined, fresh: false }, folder, keys),
    owned: false,
    save: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    exited: new Promise(() => undefined),
  };
}

async function own(
  running: RunningAnvil,
  options: EmbeddedChainOptions,
  folder: ChainFolder,
  keys: ChainKeys,
  release: () => void,
): Promise<EmbeddedChain> {
  const log = options.log ?? silentLog;
  const { child, record } = running;
  const saver = startStateSaver(running.client, folder.state, options.saveIntervalMs ?? 5_000, log);
  let stopping: Promise<void> | undefined;

  // A program that ends without `stop` leaves no anvil behind; anvil writes its state when it is told to end.
  const endWithUs = (): void => killQuietly(record.pid, 'SIGTERM');
  process.once('exit', endWithUs);
  const gone = child ? new Promise<void>((resolve) => child.once('exit', () => resolve())) : pollUntilGone(record.pid);
  const exited = gone.then(async () => {
    process.removeListener('exit', endWithUs);
    await saver.stop();
    release();
    if (stopping === undefined) log.error({ pid: record.pid }, 'The embedded chain ended by itself');
    return { expected: stopping !== undefined };
  });

  const stop = async (): Promise<void> => {
    await saver
      .save()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'The embedded chain was not saved'));
    await saver.stop();
    killQuietly(record.pid, 'SIGTERM');
    const patience = setTimeout(() => killQuietly(record.pid, 'SIGKILL'), 5_000);
    await exited;
    clearTimeout(patience);
    await readSavedState(folder.state);
    log.info({ dir: folder.dir }, 'The embedded chain stopped');
  };

  if (running.fresh) await saver.save();
  log.info({ rpcUrl: rpcUrlOf(record.port), fresh: running.fresh, pid: record.pid }, 'The embedded chain runs');
  return {
    ...face(running, folder, keys),
    owned: true,
    save: () => saver.save(),
    stop: () => (stopping ??= stop()),
    exited,
  };
}

type Face = Omit<EmbeddedChain, 'owned' | 'save' | 'stop' | 'exited'>;

/** What owner and guest have alike. */
function face({ client, record, fresh }: RunningAnvil, folder: ChainFolder, keys: ChainKeys): Face {
  const current = (): ChainRecord => readChainRecord(folder.record) ?? record;
  return {
    rpcUrl: rpcUrlOf(record.port),
    chainId: record.chainId,
    port: record.port,
    genesisHash: record.genesisHash,
    fresh,
    keys,
    client,
    setupDone: () => current().setup === 'done',
    finishSetup: async () => {
      if (current().setup === 'done') return;
      await setClock(client, Math.floor(Date.now() / 1000));
      await client.mine({ blocks: 1 });
      writeChainRecord(folder.record, { ...current(), setup: 'done' });
    },
    fund: (address, wei = parseEther('100')) => fundAccount(client, address, wei),
    advanceTime: async (seconds) => {
      await client.increaseTime({ seconds });
      await client.mine({ blocks: 1 });
    },
  };
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

async function pollUntilGone(pid: number): Promise<void> {
  while (processIsAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 100));
}
