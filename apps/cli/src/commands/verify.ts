import { dirname, join, resolve } from 'node:path';
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { anchorsOf, looksLikeBundle, parseBundle, verifyBundle } from '@encryptech/owner';
import { certificateFileToJson } from '@encryptech/protocol';
import { verifyCertificate } from '@encryptech/sdk';
import { EXIT } from '../exit-code.ts';
import { leaf } from '../leaf.ts';
import { openSession } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { readInput, readJsonInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

const LEVELS = [
  'software enclave: its operator could have read the data',
  'hardware enclave with reservations',
  'hardware enclave, up to date',
  'hardware enclave, up to date, place or ownership proven',
];

/** `encryptech verify`: check a model's privacy certificate against the model, the accountant and the chain. */
export function verifyCommand(program: Command, terminal: Terminal): void {
  leaf<{ model?: string; dir?: string }>(terminal, program, {
    usage: 'verify <file>',
    description:
      'check a privacy certificate, or a bundle of it with evidence and release, against model, accountant and chain; exit 2 when something is wrong',
    example: 'encryptech verify result/certificate.json',
    configure: (command) =>
      void command
        .option('--model <file>', 'the model; model.onnx beside the certificate if left out')
        .option('--dir <folder>', 'state directory'),
    run: async ([file], { model, dir }) => {
      const path = resolve(terminal.cwd, file!);
      const beside = join(dirname(path), 'model.onnx');
      const modelPath =
        model === undefined
          ? (await access(beside).then(
              () => true,
              () => false,
            ))
            ? beside
            : undefined
          : resolve(terminal.cwd, model);
      const session = await openSession(terminal, dir);
      const input = await readJsonInput(path);
      const bundle = looksLikeBundle(input) ? parseBundle(input) : undefined;
      const certificate = bundle === undefined ? input : certificateFileToJson(bundle.certificate);
      const bytes = modelPath === undefined ? undefined : await readInput(modelPath);
      const verdict = await withChain(session, async (client) => {
        const found = await verifyCertificate({ file: certificate, model: bytes, client });
        if (bundle === undefined) return found;
        // A bundle has the evidence: its own appraisal takes the place of the certificate's word.
        const checks = [
          ...found.checks.filter(({ check }) => check !== 'level'),
          ...(await verifyBundle(bundle, { anchors: anchorsOf(session.network), client })),
        ];
        return { ...found, checks, ok: checks.every(({ ok }) => ok) };
      });
      return {
        json: {
          ...verdict,
          checks: verdict.checks.map((check) => ({ ...check })),
          training: [...verdict.training],
          warnings: [...verdict.warnings],
          model: modelPath ?? null,
        },
        text: [
          ...verdict.checks.map(({ ok, words }) => `${ok ? 'ok   ' : 'WRONG'} ${words}`),
          ...(modelPath === undefined ? ['      no model was given: its digest was not checked'] : []),
          `level ${verdict.level}: ${LEVELS[verdict.level] ?? ''}`,
          ...verdict.training.map((sentence) => `      ${sentence}`),
          ...verdict.warnings.map((warning) => `note: ${warning}`),
          verdict.ok ? `VALID: epsilon ${verdict.epsilon} at delta ${verdict.delta}` : 'NOT VALID',
        ].join('\n'),
        exitCode: verdict.ok ? EXIT.ok : EXIT.refused,
      };
    },
  });
}
