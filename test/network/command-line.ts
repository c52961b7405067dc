import { run } from '../../apps/cli/src/run.ts';
import { capturedTerminal } from './captured-terminal.ts';

/** What a command line did. */
export interface CommandResult {
  code: number;
  out: string;
  err: string;
  /** What it printed, as JSON. */
  json<T = Record<string, unknown>>(): T;
}

/** What a refused command prints with `--json`. */
export interface PrintedError {
  ok: false;
  code: string;
  message: string;
  place?: string;
  hint?: string;
  retry?: string;
  node?: string;
}

/** Runs command lines one after the other, as a shell in `cwd` would. */
export type CommandLine = (...argv: string[]) => Promise<CommandResult>;

/** A shell in a folder, with the environment of this process and `env`. */
export const commandLine =
  (cwd: string, env: Readonly<Record<string, string | undefined>> = {}, signal?: AbortSignal): CommandLine =>
  async (...argv) => {
    const terminal = capturedTerminal({ cwd, env: { ...process.env, ...env }, ...(signal ? { signal } : {}) });
    const code = await run(argv, terminal);
    // The exit code of a command must not become that of the test runner.
    process.exitCode = undefined;
    const { out, err } = terminal.written;
    return { code, out, err, json: <T>() => JSON.parse(out) as T };
  };
