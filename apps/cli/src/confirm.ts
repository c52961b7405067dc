import { cliError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * Returns when the user agrees to spend: `--yes`, or "y" on a terminal.
 *
 * @throws `cli.notConfirmed` for any other answer, and where nobody can be asked
 */
export async function confirm(terminal: Terminal, question: string, isAgreed: boolean | undefined): Promise<void> {
  if (isAgreed === true) return;
  if (terminal.isInteractive && /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim())) return;
  throw cliError({
    code: 'cli.notConfirmed',
    message: 'Nothing was done.',
    hint: 'Add --yes to go ahead without a question.',
  });
}
