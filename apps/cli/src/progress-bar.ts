import type { Terminal } from './terminal.ts';

const WIDTH = 28;

export interface ProgressBar {
  /** Shows `done` of `total` and a few words; on a pipe it writes a line at each tenth only. */
  update(done: number, total: number, words: string): void;
  /** Leaves the last state on the screen and goes to the next line. */
  finish(words?: string): void;
}

/** A progress bar on the terminal's error stream, so that piped results stay clean. */
export function createProgressBar(terminal: Terminal, label: string): ProgressBar {
  let lastTenth = -1;
  let lastLine = '';
  const line = (done: number, total: number, words: string): string => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(share * WIDTH);
    return `${label.padEnd(12)} [${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %  ${words}`;
  };
  return {
    update(done, total, words) {
      lastLine = line(done, total, words);
      if (terminal.isInteractive) {
        terminal.err(`\r\u001b[2K${lastLine}`);
        return;
      }
      const tenth = total === 0 ? 10 : Math.floor((10 * done) / total);
      if (tenth > lastTenth) terminal.err(`${lastLine}\n`);
      lastTenth = Math.max(lastTenth, tenth);
    },
    finish(words) {
      if (terminal.isInteractive && lastLine !== '') terminal.err('\n');
      if (words !== undefined) terminal.err(`${label.padEnd(12)} ${words}\n`);
    },
  };
}
