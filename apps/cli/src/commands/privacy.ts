import type { Command } from 'commander';
import { epsilonOf, type Accountant, type Adjacency } from '@encryptech/privacy';
import { leaf } from '../leaf.ts';
import { numberOption } from '../number-option.ts';
import type { Terminal } from '../terminal.ts';

/** `encryptech privacy …`: the accountants, for anybody who doubts a certificate. */
export function privacyCommands(program: Command, terminal: Terminal): void {
  const privacy = program.command('privacy').description('what a training run costs in differential privacy');
  leaf<{ sigma: string; q: string; steps: string; delta: string; adjacency: string; accountant: string }>(
    terminal,
    privacy,
    {
      usage: 'epsilon',
      description: 'the epsilon of a Poisson-subsampled Gaussian run',
      example: 'encryptech privacy epsilon --sigma 1.1 --q 0.004 --steps 15000 --delta 1e-5',
      configure: (command) => {
        command
          .requiredOption('--sigma <number>', 'noise multiplier: standard deviation over clip norm')
          .requiredOption('--q <number>', 'probability with which each privacy unit is drawn in a step')
          .requiredOption('--steps <count>', 'number of steps')
          .requiredOption('--delta <number>', 'delta, such as 1e-5')
          .option('--adjacency <kind>', 'add-or-remove-one or replace-one', 'add-or-remove-one')
          .option('--accountant <name>', 'pld or rdp', 'pld');
      },
      run: async (_args, options) => {
        const settings = {
          sigma: numberOption('--sigma', options.sigma),
          q: numberOption('--q', options.q),
          steps: numberOption('--steps', options.steps),
          delta: numberOption('--delta', options.delta),
          adjacency: options.adjacency as Adjacency,
          accountant: options.accountant as Accountant,
        };
        const epsilon = epsilonOf(settings);
        return {
          json: { epsilon, ...settings, mechanism: 'poisson-subsampled-gaussian' },
          text: `epsilon ${epsilon.toFixed(6)} at delta ${settings.delta} (${settings.adjacency}, ${settings.accountant.toUpperCase()}; ${settings.steps} steps, q ${settings.q}, sigma ${settings.sigma})`,
        };
      },
    },
  );
}
