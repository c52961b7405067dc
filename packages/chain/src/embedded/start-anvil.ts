import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chainError } from '../errors.ts';
import { createAnvilClient } from './anvil-rpc.ts';

export interface AnvilOptions {
  executable: string;
  port: number;
  chainId: number;
  /** anvil's own messages go there. */
  logFile: string;
  /** Where anvil leaves its state when it is told to end. */
  exitState: string;
  /** The state to begin with, or a new chain whose genesis block carries that time (seconds). */
  begin: { state: string } | { genesisTimestampSec: number };
  /** Web pages of this origin may call the chain; none by default. */
  allowOrigin?: string | undefined;
  startTimeoutMs: number;
}

/**
 * A running anvil that answers on its port. It has a process group of its own, so that Ctrl-C in a terminal reaches the
 * program that started it and not anvil, which would end before its state is saved. No secret is in its arguments: it
 * knows no accounts, transactions reach it signed.
 *
 * @throws `chain.startFailed`
 */
export async function startAnvil(options: AnvilOptions): Promise<ChildProcess> {
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(options.executable, argumentsOf(options), { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`It ended with ${signal ?? `code ${code}`}.`));
  });
  const outcome = await Promise.race([answering(options), ended]);
  if (outcome === true) return child;
  child.kill('SIGKILL');
  throw chainError({
    code: 'chain.startFailed',
    message: `anvil did not start. ${outcome === false ? `It was silent for ${options.startTimeoutMs} ms.` : outcome}`,
    place: options.logFile,
    hint: lastLines(options.logFile),
    data: { port: options.port },
    retry: 'later',
  });
}

function argumentsOf(options: AnvilOptions): string[] {
  const { begin } = options;
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port), '--chain-id', String(options.chainId)],
    ...['--accounts', '0', '--quiet', '--prune-history', '128', '--dump-state', options.exitState],
    ...('state' in begin ? ['--load-state', begin.state] : ['--timestamp', String(begin.genesisTimestampSec)]),
    ...(options.allowOrigin === undefined ? ['--no-cors'] : ['--allow-origin', options.allowOrigin]),
  ];
}

async function answering(options: AnvilOptions): Promise<boolean> {
  const client = createAnvilClient(`http://127.0.0.1:${options.port}`, options.chainId, 2_000);
  const deadline = performance.now() + options.startTimeoutMs;
  while (performance.now() < deadline) {
    try {
      if ((await client.getChainId()) === options.chainId) return true;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function lastLines(file: string): string | undefined {
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? undefined : `anvil said: ${text.split('\n').slice(-3).join(' ')}`;
}
