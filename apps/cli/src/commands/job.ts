import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatEnc, type JobId } from '@encryptech/base';
import { cancel, cancelNonce, jobState } from '@encryptech/chain';
import type { PriceBreakdown } from '@encryptech/market';
import type { JobView } from '@encryptech/protocol';
import { confirm } from '../confirm.ts';
import { fetchResult, findJob, followJob, quoteFor, submitJob, type Quoted } from '../developer-jobs.ts';
import { cliError } from '../errors.ts';
import { addJobOptions, choicesOf, demandsOf, preferencesOf, type JobOptions } from '../job-options.ts';
import { leaf } from '../leaf.ts';
import { findPerson, openWriter, unlockWallet } from '../network/person.ts';
import { openSession } from '../network/session.ts';
import { readInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

const enc = (wei: bigint): string => `${formatEnc(wei, 6)} ENC`;

const priceJson = (price: PriceBreakdown | null) =>
  price === null
    ? null
    : Object.fromEntries(Object.entries(price).map(([name, wei]: [string, bigint]) => [name, wei.toString()]));

const quoteJson = ({ planned, quote }: Quoted) => ({
  dataset: planned.datasetId,
  epsilon: planned.plan.epsilon,
  delta: planned.plan.delta,
  adjacency: planned.plan.adjacency,
  noiseMultiplier: planned.plan.noiseMultiplier,
  samplingRate: planned.plan.samplingRate,
  steps: planned.plan.steps,
  clipping: planned.plan.clipping ?? { kind: 'flat' },
  ...(planned.plan.correlation === undefined ? {} : { correlation: { ...planned.plan.correlation } }),
  trainable: planned.spec.trainable ?? 'all',
  trainedParameters: planned.model.parameters,
  loss: planned.spec.loss,
  optimiser: planned.spec.optimiser,
  ...(planned.spec.augmentation === undefined ? {} : { augmentation: planned.spec.augmentation }),
  durationSec: planned.spec.durationSec,
  units: planned.units.toString(),
  admissibleOffers: quote.admissible,
  cheapest: priceJson(quote.cheapest),
  median: priceJson(quote.median),
  limit: priceJson(quote.limit),
  escrow: quote.escrow?.toString() ?? null,
  refusals: quote.refusals.map(({ offerId, reasons }) => ({ offerId, reasons: [...reasons] })),
});

function trainingText({ spec, model }: Quoted['planned']): string {
  const { optimiser, augmentation, trainable = 'all' } = spec;
  const which = trainable === 'all' ? 'All' : `Of the parameters, those of "${trainable}":`;
  const copies =
    augmentation === undefined ? '' : ` Each gradient is the mean over ${augmentation.copies} transformed copies.`;
  return `${which} ${model.parameters.toLocaleString('en-US')} numbers are trained by ${optimiser.kind} at learning rate ${optimiser.learningRate}, on ${spec.loss}.${copies}`;
}

function quoteText({ planned, quote }: Quoted): string {
  const line = (title: string, price: PriceBreakdown | null): string[] =>
    price === null
      ? []
      : [
          `  ${title.padEnd(9)} ${enc(price.total)}: provider ${enc(price.providerPay)}, treasury ${enc(price.treasuryFee)}, data owner ${enc(price.datasetFee)}`,
        ];
  return [
    planned.plan.describe(),
    trainingText(planned),
    `Work: ${Number(planned.units) / 1e6} units; ${quote.admissible} of ${quote.admissible + quote.refusals.length} offers would take it.`,
    ...line('cheapest', quote.cheapest),
    ...line('median', quote.median),
    ...line('at most', quote.limit),
    ...(quote.escrow === null ? [] : [`Held while it runs: ${enc(quote.escrow)}; what is not used comes back.`]),
    ...quote.refusals.map(({ offerId, reasons }) => `  offer ${offerId.slice(0, 10)} would not: ${reasons.join(', ')}`),
  ].join('\n');
}

const jobText = (view: JobView): string =>
  [
    `job ${view.jobId}: ${view.state}, step ${view.step} of ${view.steps}, attempt ${view.attempt}`,
    ...(view.provider === null ? [] : [`  provider ${view.provider} (level ${view.level ?? 0})`]),
    ...view.reasons.map(({ code, message }) => `  waiting: ${message} (${code})`),
    ...view.timeline.map(
      ({ at, event, data }) =>
        `  ${new Date(at * 1000).toISOString()}  ${event}${typeof data['step'] === 'number' ? ` ${data['step']}` : ''}`,
    ),
  ].join('\n');

const viewJson = (view: JobView) =>
  JSON.parse(JSON.stringify(view, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));

/** `encryptech job …`: quote, submit, follow, fetch and cancel training jobs. */
export function jobCommands(program: Command, terminal: Terminal): void {
  const job = program.command('job').description('train models on datasets that you never see');

  leaf<JobOptions>(terminal, job, {
    usage: 'quote <model>',
    description: 'what training a model on a dataset would cost now, in privacy and in ENC; nothing is signed',
    example: 'encryptech job quote model.onnx --dataset 0x12ab --epsilon 3',
    configure: (command) => void addJobOptions(command),
    run: async ([file], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await findPerson(session.home, 'developer', options.as);
      const quoted = await quoteFor(
        session,
        await readInput(resolve(terminal.cwd, file!)),
        options.dataset,
        choicesOf(options),
        demandsOf(options, person.address),
      );
      return { json: quoteJson(quoted), text: quoteText(quoted) };
    },
  });

  leaf<JobOptions & { yes?: boolean; dryRun?: boolean; wait?: boolean }>(terminal, job, {
    usage: 'submit <model>',
    description: 'order a training: sign, deposit the escrow, hand it in',
    example: 'encryptech job submit model.onnx --dataset 0x12ab --epsilon 3 --clipping adaptive --yes --wait',
    configure: (command) =>
      void addJobOptions(command)
        .option('--yes', 'do not ask')
        .option('--dry-run', 'quote and stop before anything is signed')
        .option('--wait', 'follow it to the end and fetch the result'),
    run: async ([file], options) => {
      const session = await openSession(terminal, options.dir);
      const person = await findPerson(session.home, 'developer', options.as);
      const graph = await readInput(resolve(terminal.cwd, file!));
      const demands = demandsOf(options, person.address);
      const quoted = await quoteFor(session, graph, options.dataset, choicesOf(options), demands);
      if (options.dryRun === true)
        return { json: { ...quoteJson(quoted), dryRun: true }, text: `${quoteText(quoted)}\nNothing was signed.` };
      if (options.yes !== true) terminal.err(`${quoteText(quoted)}\n`);
      await confirm(
        terminal,
        quoted.quote.escrow === null ? 'Order it?' : `Order it for at most ${enc(quoted.quote.limit!.total)}?`,
        options.yes,
      );
      const { jobId, deposited } = await submitJob(terminal, session, {
        person,
        quoted,
        demands,
        preferences: preferencesOf(options),
      });
      if (options.wait !== true) {
        return {
          json: { jobId, deposited: deposited.toString() },
          text: `job ${jobId}\nFollow it with: encryptech job watch ${jobId.slice(0, 10)}`,
        };
      }
      const view = await followJob(terminal, session, jobId as JobId);
      const files = await fetchResult(terminal, session, person, view);
      return {
        json: { jobId, deposited: deposited.toString(), state: view.state, ...files },
        text: `job ${jobId}: ${view.state}\n  model        ${files.modelFile}\n  certificate  ${files.certificateFile}`,
      };
    },
  });

  leaf<{ dir?: string; once?: boolean }>(terminal, job, {
    usage: 'watch <job>',
    description: 'follow a job to its end, with progress, epsilon so far and time left',
    example: 'encryptech job watch 0x12ab',
    configure: (command) =>
      void command.option('--dir <folder>', 'state directory').option('--once', 'show it once and stop'),
    run: async ([prefix], { dir, once }) => {
      const session = await openSession(terminal, dir);
      const found = await findJob(session, prefix!);
      const view = once === true ? found : await followJob(terminal, session, found.jobId as JobId);
      return { json: viewJson(view), text: jobText(view) };
    },
  });

  leaf<{ dir?: string }>(terminal, job, {
    usage: 'list',
    description: 'jobs of the network, newest first',
    example: 'encryptech job list',
    configure: (command) => void command.option('--dir <folder>', 'state directory'),
    run: async (_args, { dir }) => {
      const { coordinator } = await openSession(terminal, dir);
      const { jobs } = await coordinator.getJobs();
      return {
        json: viewJson(jobs as never),
        text:
          jobs.length === 0
            ? 'No jobs yet.'
            : jobs
                .map(({ jobId, state, step, steps }) => `${jobId}  ${state.padEnd(10)} step ${step}/${steps}`)
                .join('\n'),
      };
    },
  });

  leaf<{ dir?: string; as?: string; out?: string }>(terminal, job, {
    usage: 'result <job>',
    description: 'open a delivered model and its privacy certificate, and check both',
    example: 'encryptech job result 0x12ab --out ./result',
    configure: (command) =>
      void command
        .option('--as <developer>', 'who ordered it')
        .option('--out <folder>', 'where to write it')
        .option('--dir <folder>', 'state directory'),
    run: async ([prefix], { dir, as, out }) => {
      const session = await openSession(terminal, dir);
      const person = await findPerson(session.home, 'developer', as);
      const view = await findJob(session, prefix!);
      const files = await fetchResult(
        terminal,
        session,
        person,
        view,
        out === undefined ? undefined : resolve(terminal.cwd, out),
      );
      return {
        json: { jobId: view.jobId, state: view.state, ...files },
        text: `model        ${files.modelFile}\ncertificate  ${files.certificateFile}\nVerify both: encryptech verify ${files.certificateFile}`,
      };
    },
  });

  leaf<{ dir?: string; as?: string; yes?: boolean }>(terminal, job, {
    usage: 'cancel <job>',
    description: 'cancel an order that has not started, or a job that expired; its escrow comes back',
    example: 'encryptech job cancel 0x12ab --yes',
    configure: (command) =>
      void command
        .option('--as <developer>', 'who ordered it')
        .option('--yes', 'do not ask')
        .option('--dir <folder>', 'state directory'),
    run: async ([prefix], { dir, as, yes }) => {
      const session = await openSession(terminal, dir);
      const person = await findPerson(session.home, 'developer', as);
      const view = await findJob(session, prefix!);
      if (view.order === null)
        throw cliError({
          code: 'cli.jobFailed',
          message: 'The coordinator does not know the order of this job.',
          place: view.jobId,
        });
      await confirm(terminal, `Cancel job ${view.jobId}?`, yes);
      const { writer, close } = await openWriter(
        session.client,
        person,
        await unlockWallet(terminal, session.home, person),
      );
      try {
        // The nonce goes first, so that nobody can match the order again.
        await cancelNonce(writer, { nonce: view.order.nonce });
        // Asked of the chain: the index may not know yet that the order was matched a moment ago.
        const { state } = await jobState(session.client, view.jobId as JobId);
        if (state === 'Matched' || state === 'Expired')
          await cancel(writer, { order: view.order, jobId: view.jobId as JobId });
      } finally {
        await close();
      }
      return { json: { jobId: view.jobId, cancelled: true }, text: `Cancelled ${view.jobId}.` };
    },
  });
}
