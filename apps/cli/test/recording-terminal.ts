import type { Terminal } from '../src/terminal.ts';

/** A terminal that keeps what is written, for tests. */
export function recordingTerminal(
  change: Partial<Terminal> & { answers?: string[] } = {},
): Terminal & { written: { out: string[]; err: string[] } } {
  const written = { out: [] as string[], err: [] as string[] };
  const answers = [...(change.answers ?? [])];
  return {
    out: (text) => void written.out.push(text),
    err: (text) => void written.err.push(text),
    isInteractive: false,
    ask: () => Promise.resolve(answers.shift() ?? ''),
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    ...change,
    written,
  };
}
