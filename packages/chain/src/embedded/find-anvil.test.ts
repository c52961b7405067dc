import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findAnvil } from './find-anvil.ts';

test('the packaged anvil comes first', () => {
  expect(existsSync(findAnvil({ path: '' }))).toBe(true);
});

test('without a package for the machine, an anvil on PATH serves', () => {
  const dir = mkdtempSync(join(tmpdir(), 'encryptech-path-'));
  writeFileSync(join(dir, 'anvil'), '');
  expect(findAnvil({ arch: 'mips', path: ['/nowhere', dir].join(delimiter) })).toBe(join(dir, 'anvil'));
  rmSync(dir, { recursive: true });
});

test('without any anvil the error says what to install', () => {
  expect(() => findAnvil({ arch: 'mips', path: '/nowhere' })).toThrow(
    expect.objectContaining({ code: 'chain.anvilMissing', hint: expect.stringContaining('npm ci') as string }),
  );
});
