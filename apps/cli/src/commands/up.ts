import type { Command } from 'commander';
import { formatEnc } from '@encryptech/base';
import { homeOf } from '../home/home.ts';
import { leaf } from '../leaf.ts';
import { cliError } from '../errors.ts';
import { startEmbeddedNetwork } from '../network/embedded-network.ts';
import { listPeople } from '../network/person.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech up`: the whole network on this machine until Ctrl-C. */
export function upCommand(program: Command, terminal: Terminal): void {
  leaf<{ dir?: string }>(terminal, program, {
    usage: 'up',
    description:
      'run a whole network on this machine: chain, coordinator, two providers, an owner’s agent; Ctrl-C stops it',
    example: 'encryptech up',
    configure: (command) => void command.option('--dir <folder>', 'state directory', undefined),
    run: async (_args, { dir, json }) => {
      const home = homeOf(terminal, dir);
      const running = await startEmbeddedNetwork(terminal, home, {
        say: (words) => terminal.err(`starting: ${words}\n`),
        trial: true,
      });
      try {
        const { network } = running;
        const people = await listPeople(home);
        const facts = {
          rpcUrl: network.rpcUrl,
          coordinatorUrl: network.coordinatorUrl,
          dir: home.root,
          securityLevel: 0,
          people: people.map(({ role, name, address }) => ({ role, name, address })),
        };
        terminal.out(
          json === true
            ? JSON.stringify(facts)
            : [
                `The network is up. Chain ${network.rpcUrl}, coordinator ${network.coordinatorUrl}`,
                'Security level 0: software enclaves. Their operator could read the data; use them with public or made-up data.',
                ...people.map(({ role, name, address }) => `  ${role.padEnd(10)} ${name.padEnd(12)} ${address}`),
                `State and logs: ${home.root}. Ctrl-C stops everything.`,
              ].join('\n'),
        );
        const end = await Promise.race([
          running.broken,
          new Promise<undefined>((resolve) =>
            terminal.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
          ),
        ]);
        if (end !== undefined) {
          throw cliError({
            code: 'cli.startFailed',
            message: `${end.name} ended unexpectedly (exit code ${end.code ?? 'none'}).`,
            place: home.logFile(end.name),
          });
        }
        terminal.err('stopping …\n');
      } finally {
        await running.stop();
      }
      return undefined;
    },
  });
}

/** An amount for people. */
export const enc = (wei: bigint): string => `${formatEnc(wei, 6)} ENC`;
