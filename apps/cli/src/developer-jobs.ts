import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cidOfDigest, type Hex, type JobId } from '@encryptech/base';
import { accountBalances, chainTime, deposit } from '@encryptech/chain';
import type { Quote } from '@encryptech/market';
import { orderToJson, type DatasetView, type JobView } from '@encryptech/protocol';
import {
  openJobResult,
  orderJob,
  planJob,
  quoteJob,
  watchJob,
  isFinal,
  type JobChoices,
  type JobDemands,
  type PlannedJob,
} from '@encryptech/sdk';
import { certificateFileToJson } from '@encryptech/protocol';
import { envelopePublicKey } from '@encryptech/sealing';
import { cliError } from './errors.ts';
import { openWriter, unlockEnvelopeKey, unlockWallet, type Person } from './network/person.ts';
import type { Session } from './network/session.ts';
import { createProgressBar } from './progress-bar.ts';
import { progressText } from './progress-text.ts';
import type { Terminal } from './terminal.ts';

const ORDER_VALID_SEC = 24 * 3600;

/** The dataset whose id begins with `prefix`. */
export async function findDataset({ coordinator }: Session, prefix: string): Promise<DatasetView> {
  const { datasets } = await coordinator.getDatasets();
  const found = datasets.filter(({ datasetId }) => datasetId.startsWith(prefix.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw cliError({
    code: 'cli.badOption',
    message:
      found.length === 0 ? `No dataset begins with "${prefix}".` : `${found.length} datasets begin with "${prefix}".`,
    place: '--dataset',
    hint: 'encryptech dataset list shows all of them.',
  });
}

/** The job whose id begins with `prefix`. */
export async function findJob({ coordinator }: Session, prefix: string): Promise<JobView> {
  if (prefix.length === 66) return coordinator.getJob(prefix as JobId);
  const { jobs } = await coordinator.getJobs();
  const found = jobs.filter(({ jobId }) => jobId.startsWith(prefix.toLowerCase()));
  if (found.length === 1) return coordinator.getJob(found[0]!.jobId as JobId);
  throw cliError({
    code: 'cli.badOption',
    message: found.length === 0 ? `No job begins with "${prefix}".` : `${found.length} jobs begin with "${prefix}".`,
    place: 'job',
    hint: 'encryptech job list shows all of them.',
  });
}

export interface Quoted {
  planned: PlannedJob;
  dataset: DatasetView;
  quote: Quote;
}

/** Plans and prices a job; nothing is signed or sent. */
export async function quoteFor(
  session: Session,
  graph: Uint8Array,
  datasetPrefix: string,
  choices: JobChoices,
  demands: JobDemands,
): Promise<Quoted> {
  const dataset = await findDataset(session, datasetPrefix);
  const planned = planJob(graph, dataset, choices);
  const offers = await session.coordinator.getOffers();
  return { planned, dataset, quote: await quoteJob(session, { planned, dataset, offers, demands }) };
}

/** Signs the order, deposits what its escrow needs beyond the balance in Jobs, uploads the graph and hands the order in. */
export async function submitJob(
  terminal: Terminal,
  session: Session,
  {
    person,
    quoted,
    demands,
    preferences,
  }: {
    person: Person;
    quoted: Quoted;
    demands: JobDemands;
    preferences?: { security: number; performance: number; cost: number } | undefined;
  },
): Promise<{ jobId: Hex; deposited: bigint }> {
  const { client, domain, coordinator, blobs } = session;
  const { planned, quote } = quoted;
  const { graph } = planned;
  const account = await unlockWallet(terminal, session.home, person);
  const resultKey = envelopePublicKey(await unlockEnvelopeKey(terminal, session.home, person));
  const signed = await orderJob({
    planned,
    quote,
    demands,
    resultKey,
    now: await chainTime(client),
    validSec: ORDER_VALID_SEC,
    domain,
    signer: account,
  });
  // The order is kept before money moves: it alone gives the job's name and the right to cancel it.
  const folder = join(person.dir, 'jobs', signed.jobId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const body = {
    order: orderToJson(signed.order),
    signature: signed.signature,
    spec: planned.spec,
    ...(preferences === undefined ? {} : { preferences }),
  };
  await writeFile(join(folder, 'order.json'), `${JSON.stringify(body, null, 2)}\n`);
  await writeFile(join(folder, 'graph.onnx'), graph);

  const balances = await accountBalances(client, person.address);
  const missing = quote.escrow! > balances.deposit ? quote.escrow! - balances.deposit : 0n;
  if (missing > 0n) {
    const { writer, close } = await openWriter(client, person, account);
    try {
      await deposit(writer, { amount: missing, key: `deposit:${signed.jobId}` });
    } finally {
      await close();
    }
  }
  const cid = cidOfDigest(planned.spec.graph);
  if (!(await blobs.has(cid))) await blobs.put(graph, { expected: cid });
  await coordinator.postOrder(body);
  return { jobId: signed.jobId, deposited: missing };
}

const STATES: Record<string, string> = {
  Open: 'waiting for a match',
  Matched: 'matched; the provider starts an enclave',
  Started: 'enclave started; the owner’s agent checks it',
  Delivered: 'delivered; contest window',
  Settled: 'settled',
  Expired: 'the provider missed its deadline; waiting to be matched again',
  Cancelled: 'cancelled',
  Faulted: 'faulted',
};

const reasonsOf = (failure: { data?: Record<string, unknown> }): string[] => {
  const reasons = failure.data?.['reasons'];
  return Array.isArray(reasons) ? reasons.map(String) : [];
};

/**
 * Follows a job with a progress bar until it is settled (or delivered, when `until` says so).
 *
 * @throws `cli.jobFailed` when it ended without a result, `cli.interrupted`
 */
export async function followJob(
  terminal: Terminal,
  session: Session,
  jobId: JobId,
  { until = 'Settled' }: { until?: 'Delivered' | 'Settled' } = {},
): Promise<JobView> {
  const bar = createProgressBar(terminal, 'job');
  let said = '';
  let last: JobView | undefined;
  for await (const { view, progress } of watchJob(session.coordinator, jobId, { signal: terminal.signal })) {
    last = view;
    if (progress !== null && progress.state === 'training') {
      bar.update(progress.step, progress.steps, progressText(progress));
    } else {
      const failure = progress?.failure;
      const denied =
        failure === null || failure === undefined
          ? ''
          : `: ${failure.message} (${[failure.code, ...reasonsOf(failure)].join(', ')}) It is matched again after its deadline.`;
      const why =
        denied !== ''
          ? denied
          : view.reasons.length > 0
            ? `: ${view.reasons.map((reason) => reason.message).join(' ')}`
            : '';
      const words = `${STATES[view.state] ?? view.state}${why}`;
      if (words !== said) {
        bar.finish(words);
        said = words;
      }
    }
    if (view.state === until || isFinal(view)) break;
  }
  if (terminal.signal.aborted)
    throw cliError({
      code: 'cli.interrupted',
      message: 'Stopped watching; the job goes on.',
      hint: `encryptech job watch ${jobId}`,
    });
  if (last === undefined || (last.state !== 'Settled' && last.state !== 'Delivered')) {
    throw cliError({
      code: 'cli.jobFailed',
      message: `The job ended without a result: ${last?.state ?? 'unknown'}.`,
      place: jobId,
      hint: `encryptech job watch ${jobId} --once shows what happened to it.`,
    });
  }
  return last;
}

/** Opens a delivered job's result and writes model and certificate beside its order. */
export async function fetchResult(
  terminal: Terminal,
  session: Session,
  person: Person,
  view: JobView,
  outDir?: string,
): Promise<{ modelFile: string; certificateFile: string }> {
  const { model, certificate } = await openJobResult({
    view,
    blobs: session.blobs,
    secretKey: await unlockEnvelopeKey(terminal, session.home, person),
  });
  const folder = outDir ?? join(person.dir, 'jobs', view.jobId);
  await mkdir(folder, { recursive: true });
  const modelFile = join(folder, 'model.onnx');
  const certificateFile = join(folder, 'certificate.json');
  await writeFile(modelFile, model);
  await writeFile(certificateFile, `${JSON.stringify(certificateFileToJson(certificate), null, 2)}\n`);
  return { modelFile, certificateFile };
}
