import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  english,
  generateMnemonic,
  hdKeyToAccount,
  mnemonicToAccount,
  type HDAccount,
  type HDKey,
} from 'viem/accounts';
import { chainError } from '../errors.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** The named keys of an embedded chain, by their place in the derivation path m/44'/60'/0'/0/i. */
export const EMBEDDED_KEYS = {
  deployer: 0,
  team: 1,
  matcher: 2,
  verifier: 3,
  treasurer: 4,
  guardian: 5,
  faucet: 6,
  founders: 7,
  processor: 8,
  reporterA: 9,
  reporterB: 10,
  auditor: 11,
} as const;

export type EmbeddedKeyName = keyof typeof EMBEDDED_KEYS;

/** Accounts below this index carry names; the rest are for users, providers and owners of the embedded network. */
export const FIRST_USER_KEY = 16;

export interface ChainKeys {
  /** The account behind a name. */
  named(name: EmbeddedKeyName): HDAccount;
  /** The `index`th (from 0) account for users. */
  user(index: number): HDAccount;
}

/**
 * The keys of the embedded chain whose mnemonic lies in `file` (JSON, mode 0600); a fresh random mnemonic of 12 words
 * (BIP-39) is written there first when the file is missing.
 *
 * @throws `chain.keysUnreadable` when the file holds no mnemonic or others may read it
 */
export function loadChainKeys(file: string, mnemonic?: string): ChainKeys {
  const parent = readOrCreate(file, mnemonic);
  const known = new Map<number, HDAccount>();
  const account = (index: number): HDAccount => {
    const found = known.get(index) ?? hdKeyToAccount(parent, { path: `m/${index}` as never });
    known.set(index, found);
    return found;
  };
  return {
    named: (name) => account(EMBEDDED_KEYS[name]),
    user: (index) => account(FIRST_USER_KEY + index),
  };
}

function readOrCreate(file: string, given: string | undefined): HDKey {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(file, 'It cannot be read.', cause);
    const mnemonic = given ?? generateMnemonic(english);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileAtomically(file, `${JSON.stringify({ version: 1, mnemonic })}\n`, 0o600);
    return parentOf(mnemonic);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw unreadable(file, 'Other users of this machine may read it.');
  }
  try {
    const { mnemonic } = JSON.parse(text) as { mnemonic?: unknown };
    if (typeof mnemonic === 'string') return parentOf(mnemonic);
  } catch {
    // The parser's message may quote the secret: it stays here.
  }
  throw unreadable(file, 'It holds no mnemonic.');
}

/** The key above all accounts. A mnemonic is stretched on purpose (BIP-39); once is enough for all of them. */
const parentOf = (mnemonic: string): HDKey => mnemonicToAccount(mnemonic, { path: "m/44'/60'/0'/0" }).getHdKey();

const unreadable = (file: string, why: string, cause?: unknown): Error =>
  chainError({
    code: 'chain.keysUnreadable',
    message: `The keys of the embedded chain are unusable. ${why}`,
    place: file,
    hint: 'Restore the file, or run `chmod 600` on it; without it the chain in this folder cannot be used.',
    cause,
  });
