import type { Command } from 'commander';
import type { Json } from '@encryptech/base';
import type { Terminal } from './terminal.ts';

/** What a command gives back: the facts for scripts and the same facts in words for people. */
export interface Outcome {
  json: Json;
  text: string;
  exitCode?: number;
}

/**
 * Makes a command of `parent` that runs, prints its outcome once, and has `--json` and an example in its help.
 *
 * Errors pass through to `run`, which prints them and sets the exit code.
 */
export function leaf<Options extends Record<string, unknown>>(
  terminal: Terminal,
  parent: Command,
  spec: {
    /** Name and arguments: `check <file>`. */
    usage: string;
    description: string;
    example: string;
    configure?: (command: Command) => void;
    run: (args: string[], options: Options & { json?: boolean }) => Promise<Outcome | undefined>;
  },
): void {
  const command = parent.command(spec.usage).description(spec.description).option('--json', 'print the result as JSON');
  spec.configure?.(command);
  command.addHelpText('after', `\nExample:\n  $ ${spec.example}`);
  command.action(async () => {
    const options = command.opts<Options & { json?: boolean }>();
    const outcome = await spec.run(
      command.processedArgs.flat().filter((value) => value !== undefined) as string[],
      options,
    );
    if (outcome === undefined) return;
    terminal.out(options.json === true ? JSON.stringify(outcome.json, null, 2) : outcome.text);
    if (outcome.exitCode !== undefined) process.exitCode = outcome.exitCode;
  });
}
