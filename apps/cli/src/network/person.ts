import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainClient } from '@encryptech/chain';
import { createFileIntentStore, createIntentSender, type IntentSender } from '@encryptech/chain';
import { fromHex, toHex, type Address } from '@encryptech/base';
import { readPrivateFile, unlockKeystore, writePrivateFile } from '@encryptech/sdk/node';
import { encryptKeystore, generateEnvelopeKeyPair, parseKeystore } from '@encryptech/sealing';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { cliError } from '../errors.ts';
import type { Home, Role } from '../home/home.ts';
import { passphraseForNewKeys, passphraseSource } from '../home/passphrase.ts';
import type { Terminal } from '../terminal.ts';

const ROLES: readonly Role[] = ['developer', 'owner', 'provider'];
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Somebody who keeps keys in the state directory. */
export interface Person {
  role: Role;
  name: string;
  dir: string;
  address: Address;
}

const keystoreFile = (dir: string): string => join(dir, 'keystore.json');
const envelopeFile = (dir: string): string => join(dir, 'envelope.json');

/** Everybody with keys in the state directory, without unlocking anything. */
export async function listPeople(home: Home): Promise<Person[]> {
  const people: Person[] = [];
  for (const role of ROLES) {
    for (const name of (await readdir(home.roleDir(role)).catch(() => [])).sort()) {
      const dir = home.personDir(role, name);
      const text = await readPrivateFile(keystoreFile(dir), 'key store').catch(() => undefined);
      if (text === undefined) continue;
      const { address } = parseKeystore(text);
      if (address !== undefined)
        people.push({ role, name, dir, address: (address.startsWith('0x') ? address : `0x${address}`) as Address });
    }
  }
  return people;
}

/**
 * The person of that name, whatever the role; without a name the only one of `role`.
 *
 * @throws `cli.noAccount`
 */
export async function findPerson(home: Home, role: Role, name: string | undefined): Promise<Person> {
  const people = (await listPeople(home)).filter((person) => person.role === role);
  const found =
    name === undefined ? (people.length === 1 ? people[0] : undefined) : people.find((person) => person.name === name);
  if (found !== undefined) return found;
  throw cliError({
    code: 'cli.noAccount',
    message:
      name === undefined
        ? people.length === 0
          ? `There is no ${role} in the state directory.`
          : `There are several ${role}s: ${people.map((person) => person.name).join(', ')}.`
        : `There is no ${role} "${name}" in the state directory.`,
    place: home.roleDir(role),
    hint: people.length > 1 ? 'Say which with --as NAME.' : `Make one with: encryptech account new NAME --role ${role}`,
  });
}

/**
 * Makes keys for a new person: a wallet, and for a developer the key that results are sealed to.
 *
 * @param unattended when true a random passphrase is kept in the state directory, for daemons
 * @throws `cli.accountExists`, `cli.badOption`
 */
export async function createPerson(
  terminal: Terminal,
  home: Home,
  { role, name, unattended }: { role: Role; name: string; unattended: boolean },
): Promise<Person> {
  if (!NAME.test(name)) {
    throw cliError({
      code: 'cli.badOption',
      message: `"${name}" is not a name for an account.`,
      hint: 'Use lower-case letters, digits and dashes.',
    });
  }
  if ((await listPeople(home)).some((person) => person.name === name)) {
    throw cliError({ code: 'cli.accountExists', message: `There is an account "${name}" already.`, place: home.root });
  }
  const dir = home.personDir(role, name);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const passphrase = await passphraseForNewKeys(terminal, home, name, { unattended });
  const privateKey = generatePrivateKey();
  const { address } = privateKeyToAccount(privateKey);
  if (role === 'developer') {
    const { secretKey } = generateEnvelopeKeyPair();
    await writePrivateFile(envelopeFile(dir), JSON.stringify(await encryptKeystore(secretKey, passphrase)));
  }
  await writePrivateFile(
    keystoreFile(dir),
    JSON.stringify(await encryptKeystore(fromHex(privateKey), passphrase, { address })),
  );
  return { role, name, dir, address };
}

/** The wallet of a person, unlocked. */
export async function unlockWallet(terminal: Terminal, home: Home, person: Person): Promise<PrivateKeyAccount> {
  return privateKeyToAccount(
    toHex(await unlockKeystore(keystoreFile(person.dir), await passphraseSource(terminal, home, person.name))),
  );
}

/** The secret X25519 key that a developer's results are sealed to. */
export async function unlockEnvelopeKey(terminal: Terminal, home: Home, person: Person): Promise<Uint8Array> {
  return unlockKeystore(envelopeFile(person.dir), await passphraseSource(terminal, home, person.name));
}

/** A durable writer of the person's account; close its store when done. */
export async function openWriter(
  client: ChainClient,
  person: Person,
  account: PrivateKeyAccount,
): Promise<{ writer: IntentSender; close: () => Promise<void> }> {
  const store = createFileIntentStore(join(person.dir, 'command-intents.jsonl'));
  const writer = await createIntentSender({ client, account, store });
  return {
    writer,
    close: async () => {
      await writer.close();
      await store.close();
    },
  };
}
