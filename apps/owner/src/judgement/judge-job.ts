import { digestOf, isEncryptechError, type Address, type Hex, type JobId } from '@encryptech/base';
import { checkModel } from '@encryptech/onnx';
import { epsilonOf, ledgerCharge, unpackLanes } from '@encryptech/privacy';
import {
  checkOrderAgainstSpec,
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
  return [
    ...(await judgeOrder(options)),
    ...judgeGraph(options),
    ...judgePlan(options),
    ...judgeChain(options),
    ...judgePolicy(options),
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
    checkModel(claimed.graph);
    return [];
  } catch (error) {
    return [denial('graph.refused', codeOf(error))];
  }
}

function judgePlan({ claimed, dataset }: JudgeOptions): Denial[] {
  const { order, spec } = claimed;
  const { privacy } = spec;
  const mechanism = mechanismOf(spec);
  const found: Denial[] = [];
  if (privacy.unit !== dataset.manifest.unit) found.push(denial('plan.unit'));
  const own = epsilonOf({ ...mechanism, delta: 10 ** -privacy.deltaExponent, accountant: privacy.accountant });
  // The spec's figure was printed and parsed; anything beyond rounding is a false claim.
  if (own > privacy.epsilon * (1 + 1e-6)) found.push(denial('plan.epsilon', `It is ${own.toFixed(4)}.`));
  const charge = unpackLanes(ledgerCharge(mechanism));
  const reserved = unpackLanes(order);
  if (charge.some((lane, i) => lane > reserved[i]!)) found.push(denial('budget.charge'));
  return found;
}

function judgeChain({ chain, dataset }: JudgeOptions): Denial[] {
  const found: Denial[] = [];
  if (!chain.started) found.push(denial('job.state'));
  if (!chain.budgetHeld) found.push(denial('budget.notReserved'));
  if (!isAddressEqual(chain.datasetOwner, dataset.manifest.owner)) found.push(denial('job.dataset'));
  return found;
}

function judgePolicy({ claimed, chain, dataset, nowSec }: JudgeOptions): Denial[] {
  const { order, spec } = claimed;
  const { policy, manifest } = dataset;
  const found: Denial[] = [];
  if (policy.dataset !== dataset.id) found.push(denial('policy.dataset'));
  if (releasePolicyDigest(policy) !== chain.policyDigest) found.push(denial('policy.notRegistered'));
  if (nowSec >= policy.until) found.push(denial('policy.expired'));
  if (!policy.purposes.includes(spec.task)) found.push(denial('policy.purpose'));
  // The one mechanism that a training spec can name; an empty list allows none.
  if (!policy.mechanisms.includes('dp-sgd')) found.push(denial('policy.mechanism'));
  if (policy.developers !== '*' && !policy.developers.some((one) => isAddressEqual(one, order.developer))) {
    found.push(denial('policy.developer'));
  }
  const epsilon = epsilonOf({ ...mechanismOf(spec), delta: 10 ** -manifest.deltaExponent, accountant: 'pld' });
  if (!(epsilon <= policy.maxEpsilonPerJob)) {
    found.push(denial('policy.epsilon', `It is ${epsilon.toFixed(4)}, allowed is ${policy.maxEpsilonPerJob}.`));
  }
  return found;
}

const mechanismOf = ({ privacy }: TrainingSpec) => ({
  sigma: privacy.noiseMultiplier,
  q: privacy.samplingRate,
  steps: privacy.steps,
  adjacency: privacy.adjacency,
});

const codeOf = (error: unknown): string | undefined => (isEncryptechError(error) ? `(${error.code})` : undefined);
