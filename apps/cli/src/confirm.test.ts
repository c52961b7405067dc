import { expect, test } from 'vitest';
import { recordingTerminal } from '../test/recording-terminal.ts';
import { confirm } from './confirm.ts';

test('spending needs --yes, or a yes on a terminal', async () => {
  await confirm(recordingTerminal(), 'Spend?', true);
  await confirm(recordingTerminal({ isInteractive: true, answers: ['y'] }), 'Spend?', undefined);
  for (const terminal of [
    recordingTerminal({ answers: ['y'] }),
    recordingTerminal({ isInteractive: true, answers: [''] }),
  ]) {
    await expect(confirm(terminal, 'Spend?', undefined)).rejects.toMatchObject({ code: 'cli.notConfirmed' });
  }
});
