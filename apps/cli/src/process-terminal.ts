import { Writable } from 'node:stream';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/** The terminal of this process; the first Ctrl-C aborts `signal`, the second ends the process. */
export function processTerminal(): Terminal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true && process.env['CI'] !== 'true',
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    async ask(question, { hidden = false } = {}) {
      let isMuted = false;
      const output = new Writable({
        write(chunk, _encoding, done) {
          if (!isMuted) process.stderr.write(chunk);
          done();
        },
      });
      const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY === true });
      try {
        const answer = lines.question(question, { signal: controller.signal });
        isMuted = hidden;
        return await answer;
      } finally {
        lines.close();
        if (hidden) process.stderr.write('\n');
      }
    },
  };
}
