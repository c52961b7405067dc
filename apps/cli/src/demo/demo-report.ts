import { formatEnc } from '@encryptech/base';
import type { DatasetView, JobView } from '@encryptech/protocol';
import type { CertificateVerdict, ProviderEarnings } from '@encryptech/sdk';
import { wei } from '../wei.ts';
import { earnedLines } from './earned-lines.ts';

/** What the demo found out; all of it measured or read from the chain. */
export interface DemoFacts {
  accuracy: number;
  testRows: number;
  view: JobView;
  dataset: DatasetView;
  verdict: CertificateVerdict;
  adjacency: string;
  accountant: string;
  modelFile: string;
  certificateFile: string;
  jobSeconds: number;
  reputations: { name: string; reputationBps: number; ask: bigint }[];
  earned: { name: string; earnings: ProviderEarnings }[];
}

export interface Payments {
  provider: bigint;
  dataOwner: bigint;
  treasury: bigint;
  refund: bigint;
  /** What the developer's deposit held for the job. */
  held: bigint;
}

/** Who got what of the escrow, by the `Settled` event; the parts add up to what was held. */
export function paymentsOf(view: JobView): Payments {
  const last = (event: string) => view.timeline.findLast((entry) => entry.event === event)?.data ?? {};
  const settled = last('Settled');
  const weiOf = (value: unknown): bigint => BigInt(typeof value === 'string' || typeof value === 'number' ? value : 0);
  return {
    provider: weiOf(settled['providerPaid']),
    dataOwner: weiOf(settled['datasetFee']),
    treasury: weiOf(settled['treasuryFee']),
    refund: weiOf(settled['refund']),
    held: weiOf(last('Matched')['escrow']),
  };
}

const enc = (wei: bigint): string => `${formatEnc(wei, 6).padStart(12)} ENC`;

/** The demo's closing page. */
export function demoReport(facts: DemoFacts): string {
  const { view, dataset, verdict } = facts;
  const paid = paymentsOf(view);
  const sum = paid.provider + paid.dataOwner + paid.treasury + paid.refund;
  const cap = dataset.budget.epsilonCapMicro / 1e6;
  return [
    '',
    '── What happened ─────────────────────────────────────────────────────────────',
    `Model        ${(100 * facts.accuracy).toFixed(1)} % right on the developer’s own ${facts.testRows} test rows`,
    `Privacy      epsilon ${verdict.epsilon} at delta ${verdict.delta} (${facts.adjacency}, accountant ${facts.accountant.toUpperCase()})`,
    `Budget       the dataset’s ledger on chain: epsilon ${dataset.budget.epsilonUsed.toFixed(3)} of ${cap} used, ${(cap - dataset.budget.epsilonUsed).toFixed(3)} left (delta 1e-${dataset.budget.deltaExponent}, 16 Rényi orders)`,
    `Paid         provider   ${enc(paid.provider)}   ${view.provider ?? ''}`,
    `             data owner ${enc(paid.dataOwner)}   ${dataset.owner}`,
    `             treasury   ${enc(paid.treasury)}`,
    `             refund     ${enc(paid.refund)}`,
    `             together   ${enc(sum)}   ${sum === paid.held ? '= what the order’s escrow held' : `!= the escrow of ${enc(paid.held).trim()}`}`,
    ...facts.reputations.map(
      ({ name, reputationBps, ask }) =>
        `Provider     ${name.padEnd(8)} asks ${formatEnc(ask)} ENC a unit, reputation ${(reputationBps / 100).toFixed(1)} %`,
    ),
    ...earnedLines(facts.earned),
    `             each line from the chain, epochs as they are counted: npx encryptech provider earnings ${facts.earned.at(-1)?.name ?? ''}`,
    `Time         ${facts.jobSeconds.toFixed(1)} s from order to settlement`,
    '',
    `SECURITY LEVEL ${verdict.level}: SOFTWARE ENCLAVE. The provider of this job could have read the rows.`,
    'Nothing here protects real patients before the level is 1 or more.',
    '',
    `Model        ${facts.modelFile}`,
    `Certificate  ${facts.certificateFile}  (${verdict.ok ? `${verdict.checks.length} checks passed` : 'NOT VALID'})`,
    `Verify it    npx encryptech verify ${facts.certificateFile}`,
    '──────────────────────────────────────────────────────────────────────────────',
  ].join('\n');
}

/** The same facts for scripts. */
export function demoJson(facts: DemoFacts) {
  const { view, dataset, verdict } = facts;
  const paid = paymentsOf(view);
  return {
    accuracy: facts.accuracy,
    testRows: facts.testRows,
    epsilon: verdict.epsilon,
    delta: verdict.delta,
    adjacency: facts.adjacency,
    accountant: facts.accountant,
    budget: {
      epsilonUsed: dataset.budget.epsilonUsed,
      epsilonCap: dataset.budget.epsilonCapMicro / 1e6,
      deltaExponent: dataset.budget.deltaExponent,
    },
    payments: Object.fromEntries(
      Object.entries(paid).map(([name, amount]: [string, bigint]) => [name, amount.toString()]),
    ),
    provider: view.provider,
    earned: wei(facts.earned),
    securityLevel: verdict.level,
    certificateValid: verdict.ok,
    jobId: view.jobId,
    datasetId: dataset.datasetId,
    modelFile: facts.modelFile,
    certificateFile: facts.certificateFile,
    jobSeconds: facts.jobSeconds,
  };
}
