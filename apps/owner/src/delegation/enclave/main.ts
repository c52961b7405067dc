// The worker of a delegate: a process of its own under the permission model, as a job's enclave is. It speaks on its standard
// input and output only, and never writes a word to its standard error.
import { createMessagePipe } from '@encryptech/protocol';
import { delegatePipe } from '../delegate-pipe.ts';
import { runDelegate } from './run-delegate.ts';

const pipe = createMessagePipe({ input: process.stdin, output: process.stdout, codec: delegatePipe });

// Node would print the error, and an error may quote what must stay inside.
const fail = (): void => process.exit(70);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

await runDelegate({ pipe, now: () => Date.now() });
process.exit(0);
