import type { Terminal } from '../../apps/cli/src/terminal.ts';

/** A terminal whose output is kept, and behind which nobody sits. */
export interface CapturedTerminal extends Terminal {
  /** Everything written so far. */
  readonly written: { out: string; err: string };
}

/**
 * A terminal for one command. Questions are refused, as they are on a pipe.
 *
 * @param cwd where relative paths start
 */
export function capturedTerminal({
  cwd,
  env = process.env,
  signal = new AbortController().signal,
}: {
  cwd: string;
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}): CapturedTerminal {
  const written = { out: '', err: '' };
  return {
    written,
    out: (text) => void (written.out += `${text}\n`),
    err: (text) => void (written.err += text),
    isInteractive: false,
    ask: () => Promise.reject(new Error('Nobody sits at this terminal.')),
    env,
    cwd,
    signal,
  };
}
