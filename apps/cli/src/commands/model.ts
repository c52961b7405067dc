import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { digestOf, fromHex } from '@encryptech/base';
import { measureTraining, newScattering, newWaveletCnn } from '@encryptech/learning';
import { checkModel, mergeLora, newMlp, readModel, writeModel, type Graph, type ModelFacts } from '@encryptech/onnx';
import { graphToTrain } from '@encryptech/sdk';
import { deviceOption, engineOf, type DeviceOption } from '../device-option.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { modelGradients } from '../model-gradients.ts';
import { wholeNumberOption } from '../number-option.ts';
import { readInput, readJsonInput } from '../read-input.ts';
import { refuseExisting } from '../refuse-existing.ts';
import type { Terminal } from '../terminal.ts';
import { modelSearch } from './model-search.ts';

const ACTIVATIONS = ['relu', 'tanh', 'sigmoid'] as const;

const count = (value: number): string => value.toLocaleString('en-US');

const describe = (facts: ModelFacts, bytes: Uint8Array): string =>
  [
    'This model can be trained privately: every example is treated apart.',
    `  parameters   ${count(facts.parameters)} (${count(facts.parameterBytes)} bytes)`,
    `  work         ${count(facts.flopsPerExample)} FLOP an example (forward ${count(facts.forwardFlopsPerExample)})`,
    `  activations  ${count(facts.activationBytesPerExample)} bytes an example`,
    `  nodes        ${count(facts.nodes)}`,
    `  digest       ${digestOf(bytes)}`,
  ].join('\n');

type NewModelOptions = {
  inputs?: string;
  image?: string;
  channels?: string;
  hidden: string;
  outputs: string;
  activation: string;
  seed?: string;
};

function freshModel(kind: string, options: NewModelOptions): Graph {
  const outputs = wholeNumberOption('--outputs', options.outputs);
  const seed = options.seed === undefined ? new Uint8Array(randomBytes(32)) : fromHex(options.seed, 32);
  const channels = channelsOption(kind, options.channels);
  if (kind === 'scattering') return newScattering({ ...imageOption(options.image), outputs });
  if (kind === 'cnn') return newWaveletCnn({ ...imageOption(options.image), channels, outputs, seed });
  if (kind !== 'mlp') {
    throw cliError({
      code: 'cli.badOption',
      message: `There is no kind of model "${kind}".`,
      hint: 'Use "mlp", "cnn" or "scattering", or export any network from PyTorch.',
    });
  }
  const activation = ACTIVATIONS.find((name) => name === options.activation);
  if (activation === undefined) {
    throw cliError({
      code: 'cli.badOption',
      message: `"${options.activation}" is not an activation.`,
      place: '--activation',
      hint: `One of ${ACTIVATIONS.join(', ')}.`,
    });
  }
  if (options.inputs === undefined) {
    throw cliError({ code: 'cli.badOption', message: 'An mlp needs the number of its inputs.', place: '--inputs' });
  }
  const hidden =
    options.hidden === 'none' ? [] : options.hidden.split(',').map((width) => wholeNumberOption('--hidden', width));
  return newMlp({ inputs: wholeNumberOption('--inputs', options.inputs), hidden, outputs, activation, seed });
}

/** Colours of the pictures, which only a cnn of the kinds here takes. */
function channelsOption(kind: string, text: string | undefined): 1 | 3 {
  if (text === undefined || text === '1') return 1;
  if (text === '3' && kind === 'cnn') return 3;
  throw cliError({
    code: 'cli.badOption',
    message: kind === 'cnn' ? `"${text}" is no number of channels.` : `A model of the kind "${kind}" has no colours.`,
    place: '--channels',
    hint: '1 or 3, and 3 for "cnn" alone.',
  });
}

/** Height and width in `28x28`. */
function imageOption(text: string | undefined): { height: number; width: number } {
  const match = /^(\d{1,4})x(\d{1,4})$/.exec(text ?? '');
  if (match !== null) return { height: Number(match[1]), width: Number(match[2]) };
  throw cliError({
    code: 'cli.badOption',
    message: 'This kind of model needs the size of the pictures.',
    place: '--image',
    hint: 'Height and width in pixels, such as --image 28x28.',
  });
}

interface CheckOptions extends Record<string, unknown> {
  trainable?: string;
}

/** What a job on this model would train, and what it would compute in each step and once a row. */
function checkedModel(given: Uint8Array, { trainable: selection = 'all' }: CheckOptions) {
  const { graph, trainable } = graphToTrain(given, selection);
  // One declared row: what is looked at are the operations of each.
  const measured = measureTraining({ graph, trainable, plan: { samplingRate: 1 }, expectedBatch: 1 });
  const { model: facts, flopsPerExample, frozenFlopsPerRow } = measured;
  const trained = facts.trainable.map(({ name, dims }) => `${name} [${dims.join(', ')}]`);
  const frozen = `  frozen part  ${count(frozenFlopsPerRow)} FLOP once a row; ${count(flopsPerExample)} are left for each step (all of it with --augment)`;
  return {
    json: {
      ...{ ok: true, digest: digestOf(given), ...JSON.parse(JSON.stringify(facts)) },
      ...{ selection, stepFlopsPerExample: flopsPerExample, frozenFlopsPerRow },
    },
    text: [
      describe(facts, given),
      `  trains       "${selection}": ${trained.join(', ')}`,
      ...(frozenFlopsPerRow === 0 ? [] : [frozen]),
    ].join('\n'),
  };
}

/** `encryptech model …`: make, check and train ONNX models on this machine; nothing here needs a network. */
export function modelCommands(program: Command, terminal: Terminal): void {
  const model = program
    .command('model')
    .description('make and check ONNX models, and search settings for one on rows of your own');

  leaf<NewModelOptions & { out: string; force?: boolean }>(terminal, model, {
    usage: 'new <kind>',
    description:
      'write a fresh model as an ONNX file: "mlp" for tables; for pictures "cnn", or for grey ones "scattering" (fixed wavelets and a linear classifier, best at small epsilon)',
    example: 'encryptech model new mlp --inputs 30 --hidden 16 --outputs 2 --out model.onnx',
    configure: (command) => {
      command
        .option('--inputs <count>', 'number of features, for an mlp')
        .option('--image <height>x<width>', 'size of the pictures, for cnn and scattering')
        .option('--channels <count>', 'for cnn: 1 for grey pictures, 3 for colours; 1 if left out')
        .requiredOption('--outputs <count>', 'number of classes, or 1 for regression')
        .option('--hidden <widths>', 'widths of the hidden layers, such as 64,32; "none" for a linear model', 'none')
        .option('--activation <name>', ACTIVATIONS.join(', '), 'tanh')
        .option('--seed <hex>', '32 bytes in hex for the first weights, to make the same file again')
        .option('--out <file>', 'where to write it', 'model.onnx')
        .option('--force', 'write over an existing file');
    },
    run: async ([kind], options) => {
      const path = resolve(terminal.cwd, options.out);
      await refuseExisting(path, options.force);
      const bytes = writeModel(freshModel(kind!, options));
      await writeFile(path, bytes);
      const facts = checkModel(bytes);
      return {
        json: { file: path, digest: digestOf(bytes), parameters: facts.parameters },
        text: `${path}: ${count(facts.parameters)} parameters, digest ${digestOf(bytes)}`,
      };
    },
  });

  leaf<CheckOptions>(terminal, model, {
    usage: 'check <file>',
    description:
      'say whether a model can be trained privately, and what it costs; exit 2 with code, node and reason when not',
    example: 'encryptech model check model.onnx --trainable last:1 --json',
    configure: (command) =>
      void command.option(
        '--trainable <which>',
        'what is to train: all, biases, last:N (layers), lora:RANK (adapters are added), or names with *; all if left out',
      ),
    run: async ([file], options) => checkedModel(await readInput(resolve(terminal.cwd, file!)), options),
  });

  leaf<{ out: string; force?: boolean }>(terminal, model, {
    usage: 'merge <file>',
    description:
      'put the low-rank adapters of a model trained with --trainable lora:RANK into its weights: a plain ONNX file with the same outputs',
    example: 'encryptech model merge model.onnx --out merged.onnx',
    configure: (command) =>
      void command
        .option('--out <file>', 'where to write it', 'merged.onnx')
        .option('--force', 'write over an existing file'),
    run: async ([file], options) => {
      const path = resolve(terminal.cwd, options.out);
      await refuseExisting(path, options.force);
      const merged = mergeLora(readModel(await readInput(resolve(terminal.cwd, file!))));
      const bytes = writeModel(merged);
      await writeFile(path, bytes);
      const facts = { file: path, digest: digestOf(bytes), nodes: merged.nodes.length };
      return {
        json: facts,
        text: `${path}: ${count(facts.nodes)} nodes, no adapters, digest ${facts.digest}`,
      };
    },
  });

  modelSearch(model, terminal);

  leaf<DeviceOption>(terminal, model, {
    usage: 'gradients <file> <case>',
    description:
      'the per-example losses, gradient norms and clipped sum that the compiled graph computes for a case file',
    example: 'encryptech model gradients vectors/pytorch/mlp-relu/model.onnx vectors/pytorch/mlp-relu/case.json --json',
    configure: (command) => void command.addOption(deviceOption()),
    run: async ([file, caseFile], options) => {
      const engine = engineOf(options);
      const result = await modelGradients(
        await readInput(resolve(terminal.cwd, file!)),
        await readJsonInput(resolve(terminal.cwd, caseFile!)),
        engine,
      );
      return {
        // The form of a case file, so that the two can be compared field by field.
        json: {
          engine: engine.name,
          clipNorm: result.clipNorm,
          perExampleLoss: result.perExampleLoss,
          perExampleGradientNorm: result.perExampleGradientNorm,
          clippedGradientSum: Object.fromEntries(
            Object.entries(result.clippedGradientSum).map(([name, { dims, data }]) => [
              name,
              { shape: dims, norm: Math.hypot(...data), data, stride: 1 },
            ]),
          ),
        },
        text: [
          `computed by ${engine.name}`,
          'example   loss          gradient norm',
          ...result.perExampleLoss.map(
            (loss, row) =>
              `${String(row).padStart(7)}   ${loss.toPrecision(7).padEnd(12)}  ${result.perExampleGradientNorm[row]!.toPrecision(7)}`,
          ),
          `clipped to ${result.clipNorm}; norm of the clipped sum by initializer:`,
          ...Object.entries(result.clippedGradientSum).map(
            ([name, { dims, data }]) => `  ${name} [${dims.join(', ')}]  ${Math.hypot(...data).toPrecision(7)}`,
          ),
        ].join('\n'),
      };
    },
  });
}
