import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEncryptechError } from '@encryptech/base';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseSchema } from '../parse-schema.ts';
import { packRows } from '../rows/pack-rows.ts';
import { readPackedRows } from '../rows/read-packed-rows.ts';
import { decodePicture } from './decode-picture.ts';
import { packDataset } from './pack-dataset.ts';
import { readIdx } from './read-idx.ts';

const folder = mkdtempSync(join(tmpdir(), 'encryptech-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../../../../../vectors/data/${name}`, import.meta.url)));

const texts = parseSchema({
  version: 1,
  name: 'texts',
  columns: [
    { name: 'text', type: 'tokens', length: 9, vocabulary: 200 },
    { name: 'topic', type: 'category', values: ['weather', 'sport'] },
  ],
  target: { column: 'topic', task: 'classification' },
});

/** A few bytes of a file changed, perhaps its end cut. */
const changes = fc.record({
  edits: fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
  cut: fc.option(fc.nat(1_000_000)),
});
type Changes = { edits: [number, number][]; cut: number | null };
function changed(bytes: Uint8Array, { edits, cut }: Changes): Uint8Array {
  const copy = bytes.slice(0, cut === null ? bytes.length : 1 + (cut % bytes.length));
  for (const [at, value] of edits) copy[at % copy.length] = value;
  return copy;
}

/** Reading ends in a result or in one of this package's own errors. */
async function endsWell(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    expect(error.code).toMatch(/^learning\./);
  }
}

const place = () => 'here';
test.each(['grey.png', 'colour.png', 'palette.png', 'opaque.png'])('%s with changed bytes', async (name) => {
  const size = { height: 4, width: 3, channels: name === 'grey.png' ? 1 : 3 } as const;
  await fc.assert(
    fc.asyncProperty(changes, (change) => endsWell(() => decodePicture(changed(data(name), change), size, place))),
    { numRuns: 300 },
  );
});

test('IDX with changed bytes', async () => {
  const idx = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8);
  await fc.assert(
    fc.asyncProperty(changes, (change) => endsWell(() => readIdx(changed(idx, change), 'here'))),
    { numRuns: 500 },
  );
});

test('Parquet with changed bytes', async () => {
  const whole = data('texts.parquet');
  const path = join(folder, 'texts.parquet');
  await fc.assert(
    fc.asyncProperty(changes, async (change) => {
      // The first bytes say what a file is; they stay.
      const bytes = changed(whole, change);
      bytes.set(whole.subarray(0, Math.min(4, bytes.length)));
      writeFileSync(path, bytes);
      await endsWell(() => packDataset(path, texts));
    }),
    { numRuns: 300 },
  );
});

test('packed rows with changed bytes', async () => {
  const rows = Array.from({ length: 5 }, (_, i) => ({ values: [Uint32Array.from({ length: 9 }, () => 7 * i), i % 2] }));
  const packed = await packRows(rows, texts);
  await fc.assert(
    fc.asyncProperty(changes, (change) => endsWell(() => readPackedRows(changed(packed, change), texts))),
    { numRuns: 500 },
  );
});
