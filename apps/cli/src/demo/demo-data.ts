import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitCsv } from '@encryptech/learning';

const FIXTURE = join(import.meta.dirname, '../../../../fixtures/wdbc');

/** Files of the demo: what the hospital has, what the developer has, what is public. */
export interface DemoData {
  /** The hospital's rows: 80 % of the table. */
  hospitalCsv: string;
  /** The developer's own test rows: the other 20 %. */
  testCsv: string;
  schemaFile: string;
}

/** Cuts the public fixture in two, the same way on every machine, and writes both parts. */
export async function writeDemoData(folder: string): Promise<DemoData> {
  await mkdir(folder, { recursive: true });
  const { train, test } = await splitCsv(await readFile(join(FIXTURE, 'wdbc.csv')), { seed: 'demo', testShare: 0.2 });
  const hospitalCsv = join(folder, 'hospital.csv');
  const testCsv = join(folder, 'developer-test.csv');
  await writeFile(hospitalCsv, train, { mode: 0o600 });
  await writeFile(testCsv, test);
  return { hospitalCsv, testCsv, schemaFile: join(FIXTURE, 'schema.json') };
}
