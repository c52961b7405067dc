import { join } from 'node:path';
import { lockFolder } from '@encryptech/chain';
import { ownerError } from '../errors.ts';

const held = new Set<string>();

/**
 * Holds an owner's folder for one process, agent or command: only one may write the release log. The lock of a process that is
 * gone is taken over.
 *
 * @throws `owner.busy`
 */
export function lockOwner(dir: string): { release(): void } {
  const file = join(dir, 'owner.lock');
  let lock = lockFolder(file);
  // In a container the next process may well have the number of the one that died.
  if ('heldBy' in lock && lock.heldBy === process.pid && !held.has(file))
    lock = lockFolder(file, { takeOver: process.pid });
  if ('heldBy' in lock) {
    throw ownerError({
      code: 'owner.busy',
      message: `Process ${lock.heldBy} works with this owner's folder.`,
      place: dir,
      hint: 'Stop the agent first.',
      retry: 'later',
    });
  }
  const { release } = lock;
  held.add(file);
  return {
    release: () => {
      held.delete(file);
      release();
    },
  };
}
