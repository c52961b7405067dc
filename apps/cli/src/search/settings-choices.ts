import { Command, CommanderError } from 'commander';
import type { TrainingChoices } from '@encryptech/sdk';
import { cliError } from '../errors.ts';
import { addTrainingOptions, trainingChoicesOf, type TrainingOptions } from '../training-options.ts';
import type { Settings } from './search-settings.ts';

/**
 * What the settings, over the options that stand for all of them, choose about a training: they are read as the options of the
 * same names are.
 *
 * @throws `cli.badOption`
 */
export function settingsChoices(settings: Settings, options: TrainingOptions): TrainingChoices {
  const command = addTrainingOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  const names = command.options.map(({ long }) => long!.slice(2));
  const unknown = Object.keys(settings).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw cliError({
      code: 'cli.badOption',
      message: `A training has no setting "${unknown.slice(0, 40)}".`,
      place: '--try',
      hint: `One of: ${names.join(', ')}.`,
    });
  }
  try {
    command.parse(
      Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      { from: 'user' },
    );
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    throw cliError({ code: 'cli.badOption', message: cause.message.replace(/^error: /, ''), place: '--try', cause });
  }
  return trainingChoicesOf({ ...options, ...command.opts<TrainingOptions>() });
}
