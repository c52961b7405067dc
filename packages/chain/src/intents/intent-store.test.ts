import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { intentStoreSuite } from '../../test/intent-store-suite.ts';
import { openDatabase, type OpenDatabase } from '../database/open-database.ts';
import { CHAIN_MIGRATIONS } from '../migrations.ts';
import { createDatabaseIntentStore } from './create-database-intent-store.ts';
import { createFileIntentStore } from './create-file-intent-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'encryptech-intents-'));
const scope = { chain: '1:0xaa', sender: '0x00000000000000000000000000000000000000A1' } as const;
const intent = { key: 'a', to: scope.sender, data: '0x', value: 0n } as const;
let files = 0;
let database: OpenDatabase;
beforeAll(async () => {
  database = await openDatabase({ migrations: [CHAIN_MIGRATIONS] });
});
afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

intentStoreSuite('file', {
  open: async () => createFileIntentStore(join(dir, `${++files}.jsonl`)),
  reopen: async (store) => {
    await store.close();
    return createFileIntentStore(join(dir, `${files}.jsonl`));
  },
});

intentStoreSuite('PGlite', {
  open: async () => {
    await database.db.execute(sql`truncate chain_intents`);
    return createDatabaseIntentStore(database.db);
  },
  reopen: async () => createDatabaseIntentStore(database.db),
});

test('a line that a crash cut short never happened; what was whole stays', async () => {
  const file = join(dir, 'torn.jsonl');
  const store = createFileIntentStore(file);
  await store.plan(scope, intent);
  await store.close();
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, whole.slice(0, 40));
  const again = createFileIntentStore(file);
  expect(await again.open(scope)).toHaveLength(1);
  await again.update(scope, 'a', { status: 'failed' });
  await again.close();
  const third = createFileIntentStore(file);
  expect(await third.find(scope, 'a')).toMatchObject({ status: 'failed' });
  await third.close();
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('a damaged line in the middle is named and nothing is overwritten', () => {
  const file = join(dir, 'damaged.jsonl');
  writeFileSync(file, '{"chain":"1:0xaa"\n{}\n');
  expect(() => createFileIntentStore(file)).toThrow(
    expect.objectContaining({ code: 'chain.storeFailed', place: `${file}, line 1` }),
  );
  expect(readFileSync(file, 'utf8')).toBe('{"chain":"1:0xaa"\n{}\n');
});

test('two processes never share a file', async () => {
  const file = join(dir, 'shared.jsonl');
  const store = createFileIntentStore(file);
  expect(() => createFileIntentStore(file)).toThrow(expect.objectContaining({ code: 'chain.storeFailed' }));
  await store.close();
  await createFileIntentStore(file).close();
});
