import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fileBuffer } from './file-buffer.ts';

test('parts that a damaged file asks for beyond its end are refused, and none that nobody waits for ends the process', async () => {
  const file = await open(fileURLToPath(new URL('../../../../../vectors/data/texts.parquet', import.meta.url)));
  const { size } = await file.stat();
  try {
    const buffer = fileBuffer(file, size);
    expect(new TextDecoder().decode(await buffer.slice(size - 4))).toBe('PAR1');
    for (const [start, end] of [
      [10, 9],
      [-1, 4],
      [0, size + 1],
    ] as const) {
      await expect(buffer.slice(start, end)).rejects.toMatchObject({ code: 'learning.malformedParquet' });
      // The test runner fails on a rejection that nobody handles.
      void buffer.slice(start, end);
    }
    // A file that got shorter since.
    await expect(fileBuffer(file, size + 9).slice(0, size + 9)).rejects.toMatchObject({
      code: 'learning.malformedParquet',
    });
  } finally {
    await file.close();
  }
});
