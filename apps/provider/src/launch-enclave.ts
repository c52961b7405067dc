import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { installRoot } from './enclave-measurement.ts';
import { providerError } from './errors.ts';
import { watchMemory } from './watch-memory.ts';

/** How much of what a worker writes to its standard error is kept for the log. */
const STDERR_LIMIT = 16 * 1024;

export interface LaunchOptions {
  /** The one folder that the worker may read and write. */
  jobFolder: string;
  /** The most memory of the process (resident set) in MiB; above it the worker is killed. */
  memoryMiB: number;
  /** Threads that the worker computes in; one if left out. */
  threads?: number;
  /** Called when the worker went over its memory, just before it is killed. */
  onMemoryExceeded?: (residentMiB: number) => void;
  /** What the worker runs; the enclave if left out. */
  entry?: string;
  /** Paths below the install that this worker reads besides. */
  alsoReads?: readonly string[];
  root?: string;
}

export interface EnclaveExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of the worker's standard error. */
  stderr: string;
}

/** A running worker: its two pipes and its end. */
export interface EnclaveProcess {
  readonly pid: number;
  /** What the worker reads. Writing to a worker that is gone fails in the write's callback and throws nothing. */
  readonly stdin: Writable;
  /** What the worker says. */
  readonly stdout: Readable;
  /** Resolves once, after the process has ended and its pipes are closed; never rejects. */
  readonly exited: Promise<EnclaveExit>;
  /** Ends the worker at once; its keys are gone. */
  kill(): void;
}

/**
 * A worker process under Node's permission model: it reads the installed sources and its own job folder, writes that
 * folder only, has no environment but PATH, and can neither spawn processes nor start debug ports or WASI, nor threads unless it
 * is to compute in several; these are under the same rules.
 * Sockets are outside of that model in Node 24; the worker opens none. Native addons are allowed, since ONNX Runtime is one.
 */
export function launchEnclave(options: LaunchOptions): EnclaveProcess {
  const root = realpathSync(options.root ?? installRoot);
  const jobFolder = realpathSync(options.jobFolder);
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw providerError({
      code: 'provider.oldRuntime',
      message: `The enclave worker needs Node 24, this is ${process.versions.node}.`,
      hint: 'Start the daemon by `npx encryptech`, which brings its own Node.',
    });
  }
  const shared = [
    'packages',
    'node_modules',
    'package.json',
    'apps/provider/package.json',
    ...(options.alsoReads ?? []),
  ];
  const readable = shared.map((at) => join(root, at));
  const child = spawn(
    process.execPath,
    [
      '--permission',
      '--allow-addons',
      ...((options.threads ?? 1) > 1 ? ['--allow-worker'] : []),
      ...[...readable, join(root, 'apps/provider/src/enclave'), jobFolder].map((path) => `--allow-fs-read=${path}`),
      `--allow-fs-write=${jobFolder}`,
      '--disallow-code-generation-from-strings',
      `--max-old-space-size=${options.memoryMiB}`,
      '--disable-warning=SecurityWarning',
      options.entry ?? join(root, 'apps/provider/src/enclave/main.ts'),
    ],
    { cwd: jobFolder, env: { PATH: process.env['PATH'] ?? '' }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
  );

  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_LIMIT);
  });
  child.stdin.on('error', () => undefined);
  const stopWatching = watchMemory(child.pid, options.memoryMiB, (residentMiB) => {
    options.onMemoryExceeded?.(residentMiB);
    child.kill('SIGKILL');
  });
  const exited = new Promise<EnclaveExit>((resolve) => {
    const done = (code: number | null, signal: NodeJS.Signals | null, note = '') => {
      stopWatching();
      resolve({ code, signal, stderr: stderr + note });
    };
    child.once('close', (code, signal) => done(code, signal));
    child.once('error', (error) => done(null, null, error.message));
  });

  return {
    pid: child.pid ?? -1,
    stdin: child.stdin,
    stdout: child.stdout,
    exited,
    kill: () => void child.kill('SIGKILL'),
  };
}
