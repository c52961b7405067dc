import { parseSchema, readTable } from '@encryptech/learning';
import { decryptStream } from '@encryptech/sealing';
import { openJobFiles } from '../src/enclave/job-files.ts';

// Reads an encrypted dataset as the enclave does, and prints what memory that took at its peak. In a process of its own: a peak is
// one of a whole process.
const [folder, schema, key] = process.argv.slice(2) as [string, string, string];
const MIB = 2 ** 20;
const idle = process.resourceUsage().maxRSS / 1024;
const pieces = decryptStream(Buffer.from(key, 'hex'), openJobFiles(folder).stream('data'));
const { features, targets, rows } = await readTable(pieces, parseSchema(JSON.parse(schema)));
const peakMiB = process.resourceUsage().maxRSS / 1024 - idle;
process.stdout.write(JSON.stringify({ rows, peakMiB, tensorsMiB: (features.byteLength + targets.byteLength) / MIB }));
