import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { measuredFiles, measureEnclave } from './enclave-measurement.ts';

const scratch = mkdtempSync(join(tmpdir(), 'measure-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function install(name: string): string {
  const root = join(scratch, name);
  mkdirSync(join(root, 'packages/a/src/deep'), { recursive: true });
  mkdirSync(join(root, 'apps/provider/src/enclave'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'packages/a/src/index.ts'), 'export {};\n');
  writeFileSync(join(root, 'packages/a/src/deep/b.ts'), 'export const b = 1;\n');
  writeFileSync(join(root, 'packages/a/src/index.test.ts'), 'test\n');
  writeFileSync(join(root, 'apps/provider/src/enclave/main.ts'), 'run();\n');
  writeFileSync(join(root, 'apps/provider/src/start.ts'), 'not measured\n');
  return root;
}

describe('measureEnclave', () => {
  test('is the SHA-384 of the listed files, computed here by sha256sum and sha384sum', () => {
    // for f in apps/provider/src/enclave/main.ts package-lock.json packages/a/src/deep/b.ts packages/a/src/index.ts;
    // do printf '%s\0%s\n' $f $(sha256sum <$f | cut -c1-64); done | sha384sum
    expect(measureEnclave(install('plain'))).toBe(
      '0x690b77c4c02c5fb43a086a0549133b53842224c4c0244f9ed332e27ae2fcab4c1346c524f026e596cd1ad3d6579f394c',
    );
  });

  test('depends on content and names of measured files only', () => {
    const root = install('changed');
    const before = measureEnclave(root);
    writeFileSync(join(root, 'packages/a/src/index.test.ts'), 'another test\n');
    writeFileSync(join(root, 'apps/provider/src/start.ts'), 'another daemon\n');
    expect(measureEnclave(root)).toBe(before);
    writeFileSync(join(root, 'packages/a/src/deep/b.ts'), 'export const b = 2;\n');
    const edited = measureEnclave(root);
    expect(edited).not.toBe(before);
    cpSync(join(root, 'packages/a/src/deep/b.ts'), join(root, 'packages/a/src/deep/c.ts'));
    expect(measureEnclave(root)).not.toBe(edited);
  });

  test('of this install covers the worker and each package, and no test', () => {
    const files = measuredFiles();
    expect(files).toContain('apps/provider/src/enclave/main.ts');
    for (const name of ['base', 'onnx', 'privacy', 'sealing', 'attestation', 'learning', 'protocol']) {
      expect(files).toContain(`packages/${name}/src/index.ts`);
    }
    expect(files.filter((file) => /\.test\.ts$/.test(file))).toEqual([]);
    expect(measureEnclave()).toMatch(/^0x[0-9a-f]{96}$/);
  });
});
