import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { coordinatorConfigSchema } from './config.ts';

test('the configuration of the README is one, and the least one', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = JSON.parse(/```json\n([^`]*)```/.exec(readme)![1]!) as Record<string, unknown>;
  expect(coordinatorConfigSchema.parse(example)).toMatchObject({ tickMs: 1_000, behindProxy: false });
  const needed = Object.keys(example).filter((name) => {
    const { [name]: _, ...rest } = example;
    return !coordinatorConfigSchema.safeParse(rest).success;
  });
  // Without a passphrase file the environment names one.
  expect(needed).toEqual(Object.keys(example).filter((name) => name !== 'passphraseFile'));
});
