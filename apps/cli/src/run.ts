import { Command, CommanderError } from 'commander';
import { modelCommands } from './commands/model.ts';
import { privacyCommands } from './commands/privacy.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { errorJson, renderError } from './render-error.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line and returns the exit code. Never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('encryptech')
    .description('Privacy-preserving machine learning between data owners, developers and compute providers.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('(add --help for the options and an example)');
  for (const add of [modelCommands, privacyCommands]) add(program, terminal);
  process.exitCode = undefined;
  try {
    await program.parseAsync(argv, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.refused;
    if (terminal.signal.aborted) {
      terminal.err('Interrupted.\n');
      return EXIT.interrupted;
    }
    if (argv.includes('--json')) terminal.out(errorJson(error));
    else terminal.err(`${renderError(error)}\n`);
    if (terminal.env['ENCRYPTECH_DEBUG'] === '1' && error instanceof Error) terminal.err(`${error.stack ?? ''}\n`);
    return exitCodeOf(error);
  }
}
