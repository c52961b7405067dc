import { createFileIntentStore, createIntentSender, readTeam, roleNameOf, startEmbeddedChain } from '@encryptech/chain';
import type { ChainWriter, EmbeddedKeyName } from '@encryptech/chain';
import type { Address } from '@encryptech/base';
import { join } from 'node:path';
import { cliError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { listPeople, openWriter, unlockWallet } from './person.ts';
import type { Session } from './session.ts';

/** The named keys of an embedded network that hold roles. */
const TEAM_KEYS: readonly EmbeddedKeyName[] = ['team', 'treasurer', 'guardian', 'verifier', 'matcher'];

/** Somebody with a role, found but not yet unlocked. */
export interface RoleHolderAccount {
  account: Address;
  /** Seconds between scheduling and executing with that role; 0 where no role was asked for. */
  delaySec: number;
  work<T>(act: (writer: ChainWriter) => Promise<T>): Promise<T>;
}

/**
 * Who may act with a role, or as that account: the person named, else on an embedded network the team's key that holds it.
 *
 * @throws `cli.noAccount` when nobody of them has keys here
 */
export async function withRoleHolder(
  terminal: Terminal,
  session: Session,
  wanted: { role?: bigint; account?: Address; as?: string | undefined },
): Promise<RoleHolderAccount> {
  const { home, client, network } = session;
  const role = wanted.role === undefined ? undefined : roleNameOf(wanted.role);
  const holders = (await readTeam(client)).roles.find((one) => one.role === role)?.holders ?? [];
  const delayOf = (account: Address): number | undefined =>
    role === undefined
      ? same(account, wanted.account)
        ? 0
        : undefined
      : holders.find((holder) => same(holder.account, account))?.delaySec;

  const people = await listPeople(home);
  const named = people.find(({ name }) => name === wanted.as);
  if (wanted.as !== undefined && named === undefined && network.profile !== 'embedded') throw nobody(wanted.as);
  const person =
    named ?? (wanted.as === undefined ? people.find(({ address }) => delayOf(address) !== undefined) : undefined);
  if (person !== undefined) {
    return {
      account: person.address,
      delaySec: delayOf(person.address) ?? 0,
      work: async (act) => {
        const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
        return act(writer).finally(close);
      },
    };
  }
  if (network.profile === 'embedded') {
    const chain = await startEmbeddedChain({ dir: home.chainDir, ifRunning: 'attach' });
    const { keys } = chain;
    await chain.stop();
    const name = TEAM_KEYS.find((one) =>
      wanted.as === undefined ? delayOf(keys.named(one).address) !== undefined : one === wanted.as,
    );
    if (name !== undefined) {
      const account = keys.named(name);
      return {
        account: account.address,
        delaySec: delayOf(account.address) ?? 0,
        work: async (act) => {
          const store = createFileIntentStore(join(home.chainDir, 'team-intents.jsonl'));
          const writer = await createIntentSender({ client, account, store });
          try {
            return await act(writer);
          } finally {
            await writer.close();
            await store.close();
          }
        },
      };
    }
  }
  throw nobody(wanted.as ?? role ?? wanted.account ?? '');
}

const same = (one: Address, other: Address | undefined): boolean => one.toLowerCase() === other?.toLowerCase();

const nobody = (whom: string): Error =>
  cliError({
    code: 'cli.noAccount',
    message: `Nobody with keys here is or has "${whom}".`,
    hint: '`encryptech team show` lists who holds which role; name an account of this state directory with --as.',
  });
