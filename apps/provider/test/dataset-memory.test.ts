import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packRows, parseSchema, type Row } from '@encryptech/learning';
import { encryptFile } from '@encryptech/sealing';
import { expect, onTestFinished, test } from 'vitest';

const MIB = 2 ** 20;
const ROWS = 120_000;
const schema = {
  version: 1,
  name: 'pictures',
  columns: [
    { name: 'picture', type: 'image', height: 28, width: 28, channels: 1 },
    { name: 'label', type: 'category', values: ['no', 'yes'] },
  ],
  target: { column: 'label', task: 'classification' },
};

function* pictures(): Generator<Row> {
  for (let row = 0; row < ROWS; row++) yield { values: [new Uint8Array(784).fill(row % 251), row % 2] };
}

test(
  'a large encrypted dataset is streamed: beside the tensors, memory does not grow with the file',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'encryptech-memory-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const key = new Uint8Array(32).fill(7);
    const sealed = await encryptFile(key, await packRows(pictures(), parseSchema(schema)));
    writeFileSync(join(folder, 'data'), sealed);
    const child = join(import.meta.dirname, 'read-dataset.ts');
    const options = [child, folder, JSON.stringify(schema), Buffer.from(key).toString('hex')];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    const { rows, peakMiB, tensorsMiB } = JSON.parse(stdout) as { rows: number; peakMiB: number; tensorsMiB: number };
    expect(rows).toBe(ROWS);
    expect(sealed.length / MIB).toBeGreaterThan(80);
    // About 55 MiB are the runtime's own, and lists of rows. The file read whole would be 90 MiB more, its plaintext as much again.
    expect(peakMiB - tensorsMiB).toBeLessThan(85);
  },
);
