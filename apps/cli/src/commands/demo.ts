import type { Command } from 'commander';
import { demoJson, demoReport } from '../demo/demo-report.ts';
import { runDemo } from '../demo/run-demo.ts';
import { homeOf } from '../home/home.ts';
import { leaf } from '../leaf.ts';
import { startEmbeddedNetwork } from '../network/embedded-network.ts';
import { openSession } from '../network/session.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech demo`: the main job on a network of this machine, then a page of plain facts. */
export function demoCommand(program: Command, terminal: Terminal): void {
  leaf<{ dir?: string }>(terminal, program, {
    usage: 'demo',
    description:
      'start a network on this machine and run the main job on real data; on a terminal the network stays up until Ctrl-C',
    example: 'encryptech demo',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async (_args, { dir, json }) => {
      const home = homeOf(terminal, dir);
      const say = (words: string): void => terminal.err(`· ${words}\n`);
      const running = await startEmbeddedNetwork(terminal, home, {
        say: (words) => say(`starting: ${words}`),
        trial: true,
      });
      try {
        const facts = await runDemo(terminal, await openSession(terminal, dir), say);
        terminal.out(json === true ? JSON.stringify(demoJson(facts), null, 2) : demoReport(facts));
        if (terminal.isInteractive && !terminal.signal.aborted) {
          terminal.err(
            `The network stays up: ${running.network.coordinatorUrl}. Try it from another terminal; Ctrl-C stops it.\n`,
          );
          await Promise.race([
            running.broken,
            new Promise<void>((resolve) => terminal.signal.addEventListener('abort', () => resolve(), { once: true })),
          ]);
        }
      } finally {
        await running.stop();
      }
      return undefined;
    },
  });
}
