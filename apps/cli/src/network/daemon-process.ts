import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cliError } from '../errors.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** A daemon that runs as a process of its own. */
export interface DaemonProcess {
  name: string;
  pid: number;
  /** Resolves to the exit code when it ends, for whatever reason. */
  exited: Promise<number | null>;
  /** Asks it to stop, waits, and ends it after a while. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): void;
}

/** What a daemon tells the process that started it, once it serves. */
export const READY = 'encryptech:ready';

/** Tells a parent that started this process as a daemon that it serves; nothing happens without such a parent. */
export const announceReady = (): void => void process.send?.(READY);

/**
 * Starts one of our commands as a process of its own and resolves when it serves. Its output goes to the log file.
 * It ends by itself when this process does.
 *
 * @throws `cli.startFailed` with the last line of its log
 */
export async function startDaemonProcess(options: {
  name: string;
  args: readonly string[];
  logFile: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<DaemonProcess> {
  const { name, args, logFile, env } = options;
  await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const child = spawn(process.execPath, [MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  child.stdout!.pipe(log, { end: false });
  child.stderr!.pipe(log, { end: false });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => log.end(() => resolve(code))));
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  void exited.then(() => process.removeListener('exit', endWithUs));

  await ready(child, exited, name, logFile);
  return {
    name,
    pid: child.pid!,
    exited,
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(patience);
    },
  };
}

async function ready(
  child: ChildProcess,
  exited: Promise<number | null>,
  name: string,
  logFile: string,
): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    new Promise<'ready'>((resolve) => child.on('message', (message) => message === READY && resolve('ready'))),
    new Promise<'late'>((resolve) => (patience = setTimeout(resolve, START_TIMEOUT_MS, 'late'))),
    exited.then(() => 'ended' as const),
  ]);
  clearTimeout(patience);
  if (outcome === 'ready') return;
  child.kill('SIGKILL');
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n');
  throw cliError({
    code: 'cli.startFailed',
    message: outcome === 'late' ? `${name} did not start in time.` : `${name} ended while it was starting.`,
    place: logFile,
    hint: lines.slice(-4).join('\n        '),
  });
}
