import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { auditTraining } from '@encryptech/learning';
import { addAuditOptions, auditJobOf, type AuditOptions } from '../audit-options.ts';
import { describeAudit } from '../describe-audit.ts';
import { deviceOption, engineOf, type DeviceOption } from '../device-option.ts';
import { cliError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { leaf } from '../leaf.ts';
import { numberOption, wholeNumberOption } from '../number-option.ts';
import { readOwnRows } from '../own-rows.ts';
import { createProgressBar } from '../progress-bar.ts';
import { progressText } from '../progress-text.ts';
import { readInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

const CANARIES = 2000;

/** `encryptech audit …`: doubt a training with its own rows, before anybody else does; no network is needed. */
export function auditCommands(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').description('test by attack what a training tells of single rows');

  leaf<AuditOptions & DeviceOption>(terminal, audit, {
    usage: 'model <model>',
    description:
      'train once with examples settled by coins, guess the coins from what is released, and say what that proves about epsilon; exit 2 when the claim is refuted',
    example:
      'encryptech audit model model.onnx --data fixtures/wdbc/wdbc.csv --schema fixtures/wdbc/schema.json --epsilon 3',
    configure: (command) => void addAuditOptions(command).addOption(deviceOption()),
    run: async ([file], options) => {
      const significance = 1 - numberOption('--confidence', options.confidence);
      if (!(significance > 0 && significance <= 0.5)) {
        throw cliError({
          code: 'cli.badOption',
          message: `"${options.confidence}" is no confidence.`,
          place: '--confidence',
          hint: 'A share from 0.5 to below 1, such as 0.95.',
        });
      }
      const graph = await readInput(resolve(terminal.cwd, file!));
      const { schema, table } = await readOwnRows(terminal, options);
      const job = await auditJobOf(terminal, options, graph, schema, table);
      const engine = engineOf(options);
      const bar = createProgressBar(terminal, 'audit');
      const found = await auditTraining({
        ...{ job, table, significance, attack: options.attack, engine },
        root: new Uint8Array(randomBytes(32)),
        canaries:
          options.canaries === undefined
            ? options.attack === 'gradient'
              ? CANARIES
              : Math.min(CANARIES, Math.floor(table.units.length / 2))
            : wholeNumberOption('--canaries', options.canaries),
        signal: terminal.signal,
        onProgress: (progress) => bar.update(progress.step, progress.steps, progressText(progress)),
      });
      bar.finish();
      return {
        json: {
          ...JSON.parse(JSON.stringify(found)),
          confidence: 1 - significance,
          engine: engine.name,
          plan: { ...job.plan },
        },
        text: describeAudit(found, job.plan),
        exitCode: found.verdict === 'refuted' ? EXIT.refused : EXIT.ok,
      };
    },
  });
}
