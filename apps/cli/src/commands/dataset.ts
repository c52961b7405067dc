import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { formatEnc, parseEnc, type DatasetId } from '@encryptech/base';
import { parseSchema } from '@encryptech/learning';
import { packDataset } from '@encryptech/learning/sources';
import { measureEnclave } from '@encryptech/provider';
import { datasetAdjacency } from '@encryptech/protocol';
import { prepareDataset } from '@encryptech/sdk';
import { confirm } from '../confirm.ts';
import { findDataset } from '../developer-jobs.ts';
import { cliError } from '../errors.ts';
import { leaf } from '../leaf.ts';
import { numberOption, wholeNumberOption } from '../number-option.ts';
import { findPerson } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { allowThisVersion, publishAs } from '../owner-datasets.ts';
import { readJsonInput, readingData } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

const YEAR_SEC = 365 * 86_400;

interface PublishOptions extends Record<string, unknown> {
  schema: string;
  labels?: string;
  nominalRows: string;
  epsilonCap: string;
  deltaExponent: string;
  adjacency: 'add-or-remove-one' | 'replace-one';
  maxEpsilonPerJob?: string;
  fee: string;
  minLevel: string;
  developers: string;
  name?: string;
  as?: string;
  dir?: string;
  yes?: boolean;
  dryRun?: boolean;
}

/** The k of a delta of 10^-k, given as `1e-5` or as `5`. */
function deltaExponentOf(text: string): string {
  const value = Number(text);
  const exponent = value > 0 && value < 1 ? -Math.log10(value) : value;
  if (!Number.isInteger(Math.round(exponent * 1e9) / 1e9) || exponent < 1)
    throw new InvalidArgumentError('Give a power of ten such as 1e-5.');
  return String(Math.round(exponent));
}

/** `encryptech dataset …`: publish data and look at their budgets. */
export function datasetCommands(program: Command, terminal: Terminal): void {
  const dataset = program.command('dataset').description('publish data that stay encrypted, and look at their budgets');

  leaf<PublishOptions>(terminal, dataset, {
    usage: 'publish <data>',
    description:
      'check data against its public schema, encrypt it here, and register its digest, budget and policy on chain; data is a CSV or Parquet file, IDX pictures with --labels, or a folder of PNG files',
    example:
      'encryptech dataset publish patients.csv --schema schema.json --nominal-rows 450 --epsilon-cap 10 --fee 2 --yes',
    configure: (command) =>
      void command
        .requiredOption(
          '--schema <file>',
          'public schema (JSON): columns with public ranges, sizes of pictures or vocabularies, target',
        )
        .option('--labels <file>', 'IDX file of the labels, where the data are IDX pictures')
        .requiredOption(
          '--nominal-rows <count>',
          'a round public figure of about how many rows; it is not the private count',
        )
        .option('--epsilon-cap <number>', 'privacy budget of the dataset for all time', '10')
        .option('--delta <number>', 'delta of the budget, a power of ten', deltaExponentOf, '5')
        .addOption(
          new Option('--adjacency <kind>', 'what neighbouring datasets are, for the budget and all jobs')
            .choices(['add-or-remove-one', 'replace-one'])
            .default('add-or-remove-one'),
        )
        .option('--max-epsilon-per-job <number>', 'the most that one job may spend; half of the budget if left out')
        .option('--fee <enc>', 'what one job pays you', '0')
        .option('--min-level <level>', 'least security level of an enclave, 0 to 3', '0')
        .option('--developers <list>', '"*" or addresses, separated by commas', '*')
        .option('--name <text>', 'public name; the schema’s if left out')
        .option('--as <owner>', 'whose dataset it is')
        .option('--dir <folder>', 'state directory')
        .option('--yes', 'do not ask')
        .option('--dry-run', 'check and encrypt, but publish nothing'),
    run: async ([file], options) => {
      const session = await openSession(terminal, options.dir);
      const owner = await findPerson(session.home, 'owner', options.as);
      const schema = await readJsonInput(resolve(terminal.cwd, options.schema));
      const epsilonCap = numberOption('--epsilon-cap', options.epsilonCap);
      const minLevel = numberOption('--min-level', options.minLevel);
      if (![0, 1, 2, 3].includes(minLevel))
        throw cliError({
          code: 'cli.badOption',
          message: `"${options.minLevel}" is no security level.`,
          place: '--min-level',
          hint: '0, 1, 2 or 3.',
        });
      const data = await readingData(file!, () =>
        packDataset(resolve(terminal.cwd, file!), parseSchema(schema), {
          labels: options.labels === undefined ? undefined : resolve(terminal.cwd, options.labels),
        }),
      );
      const prepared = await prepareDataset({
        owner: owner.address,
        name: options.name ?? String((schema as { name?: unknown }).name ?? 'dataset'),
        table: data.bytes,
        schema,
        nominalRows: wholeNumberOption('--nominal-rows', options.nominalRows),
        epsilonCap,
        deltaExponent: Number(options['delta']),
        ...(options.adjacency === 'replace-one' ? { adjacency: options.adjacency } : {}),
        fee: parseEnc(options.fee),
        policy: {
          developers: options.developers === '*' ? '*' : (options.developers.split(',') as `0x${string}`[]),
          minLevel: minLevel as 0 | 1 | 2 | 3,
          maxEpsilonPerJob:
            options.maxEpsilonPerJob === undefined
              ? epsilonCap / 2
              : numberOption('--max-epsilon-per-job', options.maxEpsilonPerJob),
          measurements: [measureEnclave()],
          until: Math.floor(Date.now() / 1000) + YEAR_SEC,
        },
        secret: new Uint8Array(randomBytes(32)),
      });
      const { manifest, policy } = prepared;
      const facts = {
        datasetId: prepared.id,
        name: manifest.name,
        bytes: manifest.bytes,
        blob: manifest.blob,
        epsilonCap: manifest.epsilonCapMicro / 1e6,
        deltaExponent: manifest.deltaExponent,
        adjacency: datasetAdjacency(manifest),
        maxEpsilonPerJob: policy.maxEpsilonPerJob,
        fee: manifest.fee,
        minLevel,
        unit: manifest.unit,
      };
      const leaves = [
        `${manifest.name}: ${prepared.rows} rows fit the schema${prepared.clippedCells === 0 ? '' : `; ${prepared.clippedCells} cells lie outside their public range and will be clipped`}.`,
        'What leaves this machine: the encrypted file; in public: the schema, the name, a nominal row count, digests, budget, fee and policy.',
        'What stays: the rows, their exact number, and the key. It is released only to an enclave that your agent has checked.',
        `  dataset   ${prepared.id}`,
        `  file      ${manifest.bytes} bytes, encrypted (AES-256-GCM)`,
        `  budget    epsilon ${manifest.epsilonCapMicro / 1e6} at delta 1e-${manifest.deltaExponent} under ${datasetAdjacency(manifest)} for all time, at most ${policy.maxEpsilonPerJob} a job`,
        `  fee       ${formatEnc(BigInt(manifest.fee))} ENC a job`,
        `  enclaves  level ${minLevel} or more${minLevel === 0 ? ' (level 0 = software enclave: its operator could read the data)' : ''}`,
      ].join('\n');
      if (options.dryRun === true)
        return { json: { ...facts, dryRun: true }, text: `${leaves}\nNothing was published.` };
      if (options.yes !== true) terminal.err(`${leaves}\n`);
      await confirm(terminal, 'Publish it?', options.yes);
      await publishAs(terminal, session, owner, prepared);
      return {
        json: facts,
        text: `${leaves}\nPublished. The owner’s agent now answers for it: encryptech owner start`,
      };
    },
  });

  leaf<{ as?: string; dir?: string; only?: boolean }>(terminal, dataset, {
    usage: 'allow <dataset>',
    description: 'let enclaves of the version installed here have the key: their measurement goes into the policy',
    example: 'encryptech dataset allow 0x12ab --only',
    configure: (command) =>
      void command
        .option('--only', 'and no other version')
        .option('--as <owner>', 'whose dataset it is')
        .option('--dir <folder>', 'state directory'),
    run: async ([prefix], { as, dir, only }) => {
      const session = await openSession(terminal, dir);
      const owner = await findPerson(session.home, 'owner', as);
      const { datasetId } = await findDataset(session, prefix!);
      const { policy, changed } = await allowThisVersion(terminal, session, owner, datasetId as DatasetId, {
        only: only === true,
      });
      return {
        json: { datasetId, changed, measurements: [...policy.measurements] },
        text: changed
          ? `Allowed. The policy now names ${policy.measurements.length} measurement(s); the owner’s agent grants under it at once.`
          : 'This version is allowed already.',
      };
    },
  });

  leaf<{ dir?: string }>(terminal, dataset, {
    usage: 'list',
    description: 'datasets of the network with what is left of their budgets',
    example: 'encryptech dataset list',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async (_args, { dir }) => {
      const { coordinator } = await openSession(terminal, dir);
      const { datasets } = await coordinator.getDatasets();
      const rows = datasets.map(({ datasetId, owner, manifest, fee, minLevel, retired, budget, grants }) => ({
        datasetId,
        name: manifest?.name ?? null,
        owner,
        fee: fee.toString(),
        minLevel,
        retired,
        grants: grants.length,
        epsilonCap: budget.epsilonCapMicro / 1e6,
        epsilonUsed: budget.epsilonUsed,
        deltaExponent: budget.deltaExponent,
      }));
      return {
        json: rows,
        text:
          rows.length === 0
            ? 'No datasets yet. Publish one with: encryptech dataset publish'
            : rows
                .map(
                  (row) =>
                    `${row.datasetId}  ${(row.name ?? '(no manifest yet)').padEnd(28)} epsilon ${row.epsilonUsed.toFixed(3)} of ${row.epsilonCap} used, fee ${formatEnc(BigInt(row.fee))} ENC, level ${row.minLevel}+${row.grants === 0 ? ', no grant: is the owner’s agent running?' : ''}`,
                )
                .join('\n'),
      };
    },
  });
}
