import { digestOf, isEncryptechError, type Address, type Hex, type JobId } from '@encryptech/base';
import { checkModel } from '@encryptech/onnx';
import { createPlan, epsilonOf, unpackLanes, type PrivacyPlan } from '@encryptech/privacy';
import {
  checkOrderAgainstSpec,
  datasetAdjacency,
  mechanismOf,
  releasePolicyDigest,
  verifyOrder,
  type JobOrder,
  type SigningDomain,
  type TrainingSpec,
} from '@encryptech/protocol';
import { isAddressEqual } from 'viem/utils';
import type { OwnedDataset } from '../datasets/dataset-store.ts';
import { denial, type Denial } from './denial.ts';

/** What the chain says about a job and its dataset. */
export interface ChainFacts {
  readonly started: boolean;
  readonly attempt: number;
  readonly provider: Address;
  readonly enclaveKey: Address;
  /** Owner of the dataset as the job was matched. */
  readonly datasetOwner: Address;
  /** The ledger holds this job's reservation: what the order says. */
  readonly budgetHeld: boolean;
  readonly policyDigest: Hex;
  readonly minLevel: number;
}

/** A job as others tell it: nothing of this is believed. */
export interface ClaimedJob {
  readonly jobId: JobId;
  readonly order: JobOrder;
  readonly orderSignature: Hex;
  readonly spec: TrainingSpec;
  readonly graph: Uint8Array;
}

export interface JudgeOptions {
  claimed: ClaimedJob;
  chain: ChainFacts;
  dataset: OwnedDataset;
  domain: SigningDomain;
  nowSec: number;
}

/**
 * Every reason against releasing the dataset's keys to this job, before any enclave was asked; none means go on. Everything is
 * computed here from the documents: signatures, digests, the isolation proof of the graph, the loss of the plan.
 */
export async function judgeJob(options: JudgeOptions): Promise<Denial[]> {
  const plan = planOf(options.claimed.spec);
  return [
    ...(await judgeOrder(options)),
    ...judgeGraph(options),
    ...judgePlan(options, plan),
    ...judgeChain(options),
    ...judgePolicy(options, plan),
  ];
}

async function judgeOrder({ claimed, dataset, domain }: JudgeOptions): Promise<Denial[]> {
  const { order, orderSignature, spec, graph, jobId } = claimed;
  const found: Denial[] = [];
  try {
    if ((await verifyOrder(order, orderSignature, domain)) !== jobId) found.push(denial('order.job'));
  } catch (error) {
    found.push(denial('order.signature', codeOf(error)));
  }
  if (order.datasetId !== dataset.id) found.push(denial('job.dataset'));
  if (digestOf(graph) !== order.graphDigest) found.push(denial('order.graph'));
  try {
    checkOrderAgainstSpec(order, spec);
  } catch (error) {
    found.push(denial('order.spec', isEncryptechError(error) ? error.message : undefined));
  }
  return found;
}

function judgeGraph({ claimed }: JudgeOptions): Denial[] {
  try {
    // Only what is said to train has to train: with it the graph must be one that keeps examples apart.
    checkModel(claimed.graph, {}, claimed.spec.trainable);
    return [];
  } catch (error) {
    return [denial('graph.refused', codeOf(error))];
  }
}

function judgePlan({ claimed, dataset }: JudgeOptions, plan: PrivacyPlan | undefined): Denial[] {
  const { order, spec } = claimed;
  const found: Denial[] = [];
  if (spec.privacy.unit !== dataset.manifest.unit) found.push(denial('plan.unit'));
  if (spec.privacy.adjacency !== datasetAdjacency(dataset.manifest)) found.push(denial('plan.adjacency'));
  const publicBatch = spec.privacy.samplingRate * dataset.manifest.nominalRows;
  if (Math.abs(spec.expectedBatch - publicBatch) > 1e-6 * publicBatch) found.push(denial('plan.batch'));
  if (plan === undefined) return [...found, denial('plan.epsilon')];
  const charge = unpackLanes(plan.charge);
  const reserved = unpackLanes(order);
  if (charge.some((lane, i) => lane > reserved[i]!)) found.push(denial('budget.charge'));
  return found;
}

/** The plan of a spec, unless it claims less epsilon than its own numbers give, or has none. */
function planOf(spec: TrainingSpec): PrivacyPlan | undefined {
  try {
    return createPlan(spec.privacy);
  } catch {
    return undefined;
  }
}

function judgeChain({ chain, dataset }: JudgeOptions): Denial[] {
  const found: Denial[] = [];
  if (!chain.started) found.push(denial('job.state'));
  if (!chain.budgetHeld) found.push(denial('budget.notReserved'));
  if (!isAddressEqual(chain.datasetOwner, dataset.manifest.owner)) found.push(denial('job.dataset'));
  return found;
}

function judgePolicy({ claimed, chain, dataset, nowSec }: JudgeOptions, plan: PrivacyPlan | undefined): Denial[] {
  const { order, spec } = claimed;
  const { policy, manifest } = dataset;
  const found: Denial[] = [];
  if (policy.dataset !== dataset.id) found.push(denial('policy.dataset'));
  if (releasePolicyDigest(policy) !== chain.policyDigest) found.push(denial('policy.notRegistered'));
  if (nowSec >= policy.until) found.push(denial('policy.expired'));
  if (!policy.purposes.includes(spec.task)) found.push(denial('policy.purpose'));
  // However it clips: sums and counts of an adaptive plan are one query of the Gaussian mechanism, and the plan computed above has
  // charged for both. An empty list allows none.
  if (!policy.mechanisms.includes(mechanismOf(spec.privacy))) found.push(denial('policy.mechanism'));
  if (policy.developers !== '*' && !policy.developers.some((one) => isAddressEqual(one, order.developer))) {
    found.push(denial('policy.developer'));
  }
  if (plan === undefined) return found;
  // A plan by PLD at the dataset's own delta has been computed already, and its epsilon is no less than the computed one.
  const { accountant, deltaExponent } = spec.privacy;
  const isComputed = accountant === 'pld' && deltaExponent === manifest.deltaExponent;
  if (isComputed && plan.epsilon * (1 + 1e-9) <= policy.maxEpsilonPerJob) return found;
  const delta = Number(`1e-${manifest.deltaExponent}`);
  const epsilon = epsilonOf({ ...plan.mechanism, delta, accountant: 'pld' });
  if (!(epsilon <= policy.maxEpsilonPerJob)) {
    found.push(denial('policy.epsilon', `It is ${epsilon.toFixed(4)}, allowed is ${policy.maxEpsilonPerJob}.`));
  }
  return found;
}

const codeOf = (error: unknown): string | undefined => (isEncryptechError(error) ? `(${error.code})` : undefined);
