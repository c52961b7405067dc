import type { Command } from 'commander';
import { providerEarnings } from '@encryptech/sdk';
import { earningsText } from '../earnings-text.ts';
import { leaf } from '../leaf.ts';
import { addressOf } from '../network/address-of.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import type { Terminal } from '../terminal.ts';
import { wei } from '../wei.ts';

/** `encryptech provider earnings`: each line of what a provider earned, recomputed from the chain. */
export function providerEarningsCommand(terminal: Terminal, group: Command): void {
  leaf<{ dir?: string }>(terminal, group, {
    usage: 'earnings <provider>',
    description:
      'what a provider (a name or an address) earned, job by job and epoch by epoch, and why; computed from the chain’s events, so anybody gets the same',
    example: 'encryptech provider earnings alpha',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async ([who], { dir }) => {
      const session = await openSession(terminal, dir);
      const provider = await addressOf(session, who!);
      const earnings = await withChain(session, (client) => providerEarnings(client, provider));
      return { json: wei({ name: who!, ...earnings }), text: earningsText(who!, earnings) };
    },
  });
}
