import type { Command } from 'commander';
import { formatEnc } from '@encryptech/base';
import { claimRewards, providerRewards, type ProviderRewards } from '@encryptech/chain';
import { describeEpochEarning, providerEarnings, type EpochEarning } from '@encryptech/sdk';
import { confirm } from '../confirm.ts';
import { leaf } from '../leaf.ts';
import { openWriter, unlockWallet } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { wei } from '../wei.ts';
import type { Terminal } from '../terminal.ts';
import { personNamed } from './account.ts';

/** Epochs of one transaction: what fits a block with room to spare. */
const MOST_EPOCHS = 100;
const enc = (amount: bigint): string => `${formatEnc(amount, 6)} ENC`;

/** `encryptech rewards …`: what a provider earned from emission, epoch by epoch, and fetching it. */
export function rewardsCommands(program: Command, terminal: Terminal): void {
  const group = program.command('rewards').description('what providers earn from emission beside their prices');

  leaf<{ dir?: string }>(terminal, group, {
    usage: 'show <name>',
    description: 'every epoch with what stands behind its score (Q, c, R), share, bonus, and what is due',
    example: 'encryptech rewards show alpha',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async ([name], { dir }) => {
      const person = await personNamed(terminal, dir, name!);
      const [rewards, { epochs: reasons }] = await withChain(await openSession(terminal, dir), (client) =>
        Promise.all([providerRewards(client, person.address), providerEarnings(client, person.address)]),
      );
      return {
        json: wei({ name: person.name, address: person.address, ...rewards, reasons }),
        text: textOf(person.name, rewards, reasons),
      };
    },
  });

  leaf<{ dir?: string; yes?: boolean; dryRun?: boolean }>(terminal, group, {
    usage: 'claim <name>',
    description: 'fetch everything that is due; anybody may, the ENC goes to the provider',
    example: 'encryptech rewards claim alpha --yes',
    configure: (command) =>
      void command
        .option('--dir <folder>', 'state directory')
        .option('--yes', 'do not ask')
        .option('--dry-run', 'say what would be done, and stop'),
    run: async ([name], { dir, yes, dryRun }) => {
      const person = await personNamed(terminal, dir, name!);
      const { home, client } = await openSession(terminal, dir);
      const { epochs } = await providerRewards(client, person.address);
      const open = epochs.filter(({ due }) => due > 0n).slice(0, MOST_EPOCHS);
      const due = open.reduce((sum, one) => sum + one.due, 0n);
      const json = { name: person.name, epochs: open.map(({ epoch }) => epoch.toString()), due: due.toString() };
      if (open.length === 0) return { json, text: `Nothing is due to ${person.name} now.` };
      const words = `claim ${enc(due)} of ${open.length === 1 ? 'one epoch' : `${open.length} epochs`} for ${person.name}`;
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      const { writer, close } = await openWriter(client, person, await unlockWallet(terminal, home, person));
      try {
        const { hash } = await claimRewards(writer, {
          ...{ provider: person.address, epochs: open.map(({ epoch }) => epoch) },
        });
        return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
      } finally {
        await close();
      }
    },
  });
}

function textOf(
  name: string,
  { epoch, due, paid, level, reputationBps, stake }: ProviderRewards,
  reasons: readonly EpochEarning[],
): string {
  return [
    `${name} now, in epoch ${epoch}: level ${level}, reputation ${(reputationBps / 100).toFixed(2)} %, ${enc(stake)} of stake that bounds its score`,
    `  due ${enc(due)}, fetched ${enc(paid)}`,
    ...(reasons.length === 0 ? ['  No paid work and no proven capacity counted yet.'] : []),
    ...reasons.map((one) => `  ${describeEpochEarning(one)}`),
  ].join('\n');
}
