import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encryptKeystore } from '@encryptech/sealing';
import { writePrivateFile } from '@encryptech/sdk/node';
import type { HDAccount } from 'viem/accounts';
import type { Home } from '../home/home.ts';
import { passphraseForNewKeys } from '../home/passphrase.ts';
import type { Terminal } from '../terminal.ts';

/** A folder with the key store of one of an embedded network's named keys; its passphrase lies among the secrets, under `name`. */
export async function keyFolder(
  terminal: Terminal,
  home: Home,
  { dir, name, account }: { dir: string; name: string; account: HDAccount },
): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const passphrase = await passphraseForNewKeys(terminal, home, name, { unattended: true });
  const keystore = await encryptKeystore(account.getHdKey().privateKey!, passphrase, { address: account.address });
  await writePrivateFile(join(dir, 'keystore.json'), JSON.stringify(keystore));
}
