import { processTerminal } from './process-terminal.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), processTerminal());
// Sockets of a database or a chain client may linger; a command that has printed its result is done.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
