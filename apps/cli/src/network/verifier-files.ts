import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strictAppraisalPolicy } from '@encryptech/attestation';
import type { Address } from '@encryptech/base';
import { measureEnclave } from '@encryptech/provider';
import type { HDAccount } from 'viem/accounts';
import type { Home } from '../home/home.ts';
import type { Terminal } from '../terminal.ts';
import { freePort } from './free-port.ts';
import { keyFolder } from './key-folder.ts';

/** Mean time between measurements of capacity, and how long one holds, in seconds. */
const CAPACITY = { everySec: 1_200, validSec: 3_600 };

/**
 * The configuration of the embedded network's verifier, made once. Its policy takes software enclaves of this network's development
 * root, whose level is 0, and names the code that is installed now, so it is written at each start.
 */
export async function verifierFiles(
  terminal: Terminal,
  home: Home,
  { account, providers }: { account: HDAccount; providers: readonly Address[] },
): Promise<string> {
  const dir = home.verifierDir;
  const file = join(dir, 'config.json');
  const isThere = await readFile(file).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await keyFolder(terminal, home, { dir, name: 'verifier', account });
    const config = {
      ...{ name: 'verifier', dir: '.', networkFile: home.networkFile, production: false },
      ...{ keystore: 'keystore.json', passphraseFile: home.passphraseFile('verifier'), policyFile: 'policy.json' },
      listen: { host: '127.0.0.1', port: await freePort() },
      providers: providers.map((subject) => ({ subject })),
      capacity: CAPACITY,
    };
    await writeFile(file, JSON.stringify(config, null, 2));
  }
  const policy = {
    ...strictAppraisalPolicy(['software'], [measureEnclave()]),
    ...{ minLevel: 0, insecureAllowDevelopment: true },
  };
  await writeFile(join(dir, 'policy.json'), `${JSON.stringify(policy, null, 2)}\n`);
  return file;
}
