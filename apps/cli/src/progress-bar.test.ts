import { expect, test } from 'vitest';
import { recordingTerminal } from '../test/recording-terminal.ts';
import { createProgressBar } from './progress-bar.ts';

test('a pipe gets a line a tenth, a terminal gets one line that changes', () => {
  const pipe = recordingTerminal();
  const bar = createProgressBar(pipe, 'job');
  for (let step = 0; step <= 100; step++) bar.update(step, 100, `step ${step}`);
  expect(pipe.written.err).toHaveLength(11);
  const person = recordingTerminal({ isInteractive: true });
  const live = createProgressBar(person, 'job');
  live.update(1, 2, 'half');
  live.finish('done');
  expect(person.written.err.join('')).toBe(
    `\r\u001b[2Kjob          [${'█'.repeat(14)}${'·'.repeat(14)}]  50 %  half\njob          done\n`,
  );
});
