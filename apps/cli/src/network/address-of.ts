import type { Address } from '@encryptech/base';
import { cliError } from '../errors.ts';
import type { Home } from '../home/home.ts';
import { listPeople } from './person.ts';

/**
 * Whom an argument means: an address, or an account of this state directory by its name.
 *
 * @throws `cli.badOption`
 */
export async function addressOf({ home }: { home: Home }, text: string): Promise<Address> {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Address;
  const person = (await listPeople(home)).find(({ name }) => name === text);
  if (person !== undefined) return person.address;
  throw cliError({
    code: 'cli.badOption',
    message: `"${text}" is neither an address nor an account here.`,
    hint: 'encryptech account list shows all names.',
  });
}
