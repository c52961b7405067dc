import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadChainKeys } from './chain-keys.ts';

const dir = mkdtempSync(join(tmpdir(), 'encryptech-keys-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const TEST_MNEMONIC = 'test test test test test test test test test test test junk';

test('derives the accounts that every wallet derives from the mnemonic (BIP-44)', () => {
  const keys = loadChainKeys(join(dir, 'known.json'), TEST_MNEMONIC);
  // Published by the makers of development chains for this mnemonic: accounts 0, 1 and 16.
  expect(keys.named('deployer').address).toBe('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266');
  expect(keys.named('team').address).toBe('0x70997970C51812dc3A010C7d01b50e0d17dc79C8');
  expect(keys.user(0).address).toBe('0x2546BcD3c84621e976D8185a91A922aE77ECEc30');
});

test('a second load gives the same keys, another file others', () => {
  const first = loadChainKeys(join(dir, 'random.json'));
  expect(loadChainKeys(join(dir, 'random.json')).user(3).address).toBe(first.user(3).address);
  expect(loadChainKeys(join(dir, 'other.json')).user(3).address).not.toBe(first.user(3).address);
});

test('a file that others may read, or without a mnemonic, is refused; nothing of it is quoted', () => {
  const open = join(dir, 'open.json');
  loadChainKeys(open);
  chmodSync(open, 0o644);
  expect(() => loadChainKeys(open)).toThrow(expect.objectContaining({ code: 'chain.keysUnreadable', place: open }));
  const broken = join(dir, 'broken.json');
  writeFileSync(broken, '{"mnemonic":"very secret words"}', { mode: 0o600 });
  try {
    loadChainKeys(broken);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'chain.keysUnreadable' });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret words');
  }
});
