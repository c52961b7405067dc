import { digestOf } from '@encryptech/base';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestAPI } from 'vitest';

/** One case of the samples' manifest: which evidence, with what beside it, at what time, ends how. */
export interface TeeSampleCase {
  readonly id: string;
  readonly tee: 'tdx' | 'sgx' | 'sev-snp' | 'nitro';
  /** Path inside the samples' folder. */
  readonly evidence: string;
  /** Absent or null: the case has no time, and the test chooses one. */
  readonly evaluateAt?: string | null;
  /** Paths inside the folder; `FILE#member` is one member of a JSON file. */
  readonly collateral: readonly string[];
  readonly expect: Readonly<Record<string, unknown>>;
  readonly strictPolicy: string;
  readonly reason: string;
}

interface Manifest {
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
  readonly cases: readonly TeeSampleCase[];
}

/**
 * The folder of genuine evidence, or undefined. It is not part of this repository (its files have other licences): the
 * variable ENCRYPTECH_TEE_SAMPLES names it, or it lies in `shared/tee-samples` beside one of this folder's parents.
 */
export const teeSamplesFolder: string | undefined = locate();

/** What to call a suite that is skipped because the folder is missing. */
export const TEE_SAMPLES_MISSING =
  'genuine evidence (folder tee-samples) is not on this machine: set ENCRYPTECH_TEE_SAMPLES to run these tests';

/** `test` where the folder of genuine evidence is there; elsewhere a skipped test whose name says what is missing. */
export const testWithSamples: TestAPI =
  teeSamplesFolder === undefined
    ? (((name: string) => test.skip(`${name}: ${TEE_SAMPLES_MISSING}`, () => undefined)) as unknown as TestAPI)
    : test;

/** The manifest's cases of these kinds; none where the folder is missing. */
export function teeSampleCases(...tees: readonly TeeSampleCase['tee'][]): TeeSampleCase[] {
  return teeSamplesFolder === undefined ? [] : manifest().cases.filter(({ tee }) => tees.includes(tee));
}

/** A file of the folder, after its SHA-256 has been compared with the manifest's. */
export function teeSample(file: string): Uint8Array {
  if (teeSamplesFolder === undefined) throw new Error(TEE_SAMPLES_MISSING);
  const bytes = new Uint8Array(readFileSync(join(teeSamplesFolder, file)));
  const known = manifest().files.find((entry) => entry.file === file);
  if (digestOf(bytes) !== `0x${known?.sha256}`) throw new Error(`${file} is not the file that the manifest lists`);
  return bytes;
}

/** A file of the folder as text. */
export const teeSampleText = (file: string): string => new TextDecoder().decode(teeSample(file));

let read: Manifest | undefined;

function manifest(): Manifest {
  return (read ??= JSON.parse(readFileSync(join(teeSamplesFolder!, 'manifest.json'), 'utf8')) as Manifest);
}

function locate(): string | undefined {
  const named = process.env['ENCRYPTECH_TEE_SAMPLES'];
  if (named !== undefined && named !== '') {
    if (!existsSync(join(named, 'manifest.json'))) throw new Error(`ENCRYPTECH_TEE_SAMPLES: no manifest in ${named}`);
    return named;
  }
  for (let at = import.meta.dirname; dirname(at) !== at; at = dirname(at)) {
    const beside = join(at, '..', 'shared', 'tee-samples');
    if (existsSync(join(beside, 'manifest.json'))) return beside;
  }
  return undefined;
}
