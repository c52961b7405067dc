// The enclave worker: runs in a process of its own under the permission model, see launch-enclave.ts. It speaks on its
// standard input and output only, and never writes a word to its standard error.
import { createMessagePipe } from '@encryptech/protocol';
import { enclavePipe } from './enclave-pipe.ts';
import { runEnclave } from './run-enclave.ts';

const pipe = createMessagePipe({ input: process.stdin, output: process.stdout, codec: enclavePipe });

// Node would print the error, and an error may quote what must stay inside.
const fail = (): void => process.exit(70);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const done = await runEnclave({ pipe, folder: process.cwd(), now: () => Date.now() });
process.exit(done ? 0 : 1);
