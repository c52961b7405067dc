import type { DatasetId } from '@encryptech/base';
import { digestOf } from '@encryptech/base';
import { readModel, writeModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import {
  hashOrder,
  releasePolicyDigest,
  signOrder,
  trainingSpecDigest,
  type JobOrder,
  type ReleasePolicy,
  type TrainingSpec,
} from '@encryptech/protocol';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeKit, type JobKit } from '../../../provider/test/job-kit.ts';
import { judgeJob, type JudgeOptions } from './judge-job.ts';

const NOW = 1_760_000_000;
let kit: JobKit;
let honest: JudgeOptions;

beforeAll(async () => {
  kit = await makeKit();
  honest = {
    claimed: {
      jobId: kit.jobId,
      order: kit.order,
      orderSignature: kit.orderSignature,
      spec: kit.spec,
      graph: kit.graph,
    },
    chain: {
      started: true,
      attempt: 1,
      provider: kit.provider,
      enclaveKey: kit.provider,
      datasetOwner: kit.owner.address,
      budgetHeld: true,
      policyDigest: kit.manifest.policyDigest,
      minLevel: 0,
    },
    dataset: { id: kit.order.datasetId as DatasetId, manifest: kit.manifest, policy: kit.policy, secret: kit.secret },
    domain: kit.domain,
    nowSec: NOW,
  };
});

const codes = async (options: JudgeOptions) => (await judgeJob(options)).map(({ code }) => code);

/** The job with another order, signed all the same. */
async function ordered(change: Partial<JobOrder>, spec = kit.spec, graph = kit.graph): Promise<JudgeOptions> {
  const order = { ...kit.order, ...change };
  const orderSignature = await signOrder(order, kit.domain, kit.developer);
  return { ...honest, claimed: { jobId: hashOrder(order, kit.domain), order, orderSignature, spec, graph } };
}

const specified = (spec: TrainingSpec, graph = kit.graph) =>
  ordered({ specDigest: trainingSpecDigest(spec), graphDigest: spec.graph, steps: spec.privacy.steps }, spec, graph);

/** The job under another policy, registered on chain. */
function under(change: Partial<ReleasePolicy>): JudgeOptions {
  const policy = { ...kit.policy, ...change };
  return {
    ...honest,
    dataset: { ...honest.dataset, policy },
    chain: { ...honest.chain, policyDigest: releasePolicyDigest(policy) },
  };
}

describe('judgeJob', () => {
  test('has nothing against an honest job', async () => {
    expect(await judgeJob(honest)).toEqual([]);
  });

  test('policy: each of its fields refuses', async () => {
    expect(await codes(under({ until: NOW }))).toEqual(['policy.expired']);
    expect(await codes(under({ until: NOW + 1 }))).toEqual([]);
    expect(await codes(under({ purposes: [] }))).toEqual(['policy.purpose']);
    expect(await codes(under({ mechanisms: [] }))).toEqual(['policy.mechanism']);
    expect(await codes(under({ developers: [] }))).toEqual(['policy.developer']);
    expect(await codes(under({ developers: [kit.owner.address] }))).toEqual(['policy.developer']);
    expect(await codes(under({ developers: [kit.developer.address] }))).toEqual([]);
    expect(await codes(under({ dataset: `0x${'dd'.repeat(32)}` }))).toEqual(['policy.dataset']);
    const { epsilon } = kit.spec.privacy;
    expect(await codes(under({ maxEpsilonPerJob: epsilon * 1.001 }))).toEqual([]);
    expect(await codes(under({ maxEpsilonPerJob: epsilon * 0.999 }))).toEqual(['policy.epsilon']);
  });

  test('correlated noise: only where the policy allows it, and at what it costs', async () => {
    const correlation = { order: 'cyclic-poisson', bands: 4 } as const;
    const banded = createPlan({ ...kit.spec.privacy, correlation, epsilon: undefined } as never);
    const spec = { ...kit.spec, privacy: { ...kit.spec.privacy, correlation, epsilon: banded.epsilon } };
    expect(banded.epsilon).toBeGreaterThan(kit.spec.privacy.epsilon);
    expect(await codes(await specified(spec))).toEqual(['budget.charge']);
    const reserved = await ordered({ specDigest: trainingSpecDigest(spec), ...banded.charge }, spec);
    expect(await codes(reserved)).toEqual([]);
    const narrow = under({ mechanisms: ['dp-sgd'] });
    expect(await codes({ ...narrow, claimed: reserved.claimed })).toEqual(['policy.mechanism']);
    // The price of fresh noise at its own rate is not believed.
    const cheap = { ...spec, privacy: { ...spec.privacy, epsilon: kit.spec.privacy.epsilon } };
    expect(await codes(await specified(cheap))).toEqual(['plan.epsilon']);
  });

  test('adjacency mixed: a ledger adds up one relation of neighbours, whatever the job would rather count', async () => {
    const privacy = createPlan({ ...kit.spec.privacy, adjacency: 'replace-one', epsilon: undefined } as never);
    const spec = { ...kit.spec, privacy: privacy.toJSON() };
    const job = await ordered({ specDigest: trainingSpecDigest(spec), ...privacy.charge }, spec);
    expect(await codes(job)).toContain('plan.adjacency');
    const dataset = { ...honest.dataset, manifest: { ...kit.manifest, adjacency: 'replace-one' as const } };
    expect(await codes({ ...job, dataset })).not.toContain('plan.adjacency');
    expect(await codes({ ...honest, dataset })).toContain('plan.adjacency');
  });

  test('a policy that is not the registered one refuses, so a withdrawn consent ends releases at once', async () => {
    const chain = { ...honest.chain, policyDigest: `0x${'0f'.repeat(32)}` as const };
    expect(await codes({ ...honest, chain })).toEqual(['policy.notRegistered']);
  });

  test('epsilon is judged at the delta of the dataset, not at the one that the job chose', async () => {
    // At delta = 10^-1 the same noise sounds like much less.
    const { epsilon } = kit.spec.privacy;
    const privacy = { ...kit.spec.privacy, deltaExponent: 1, epsilon: epsilon / 2 };
    const spec = { ...kit.spec, privacy };
    const job = await specified(spec);
    const policy = { ...kit.policy, maxEpsilonPerJob: epsilon * 0.999 };
    expect(
      await codes({
        ...job,
        dataset: { ...honest.dataset, policy },
        chain: { ...honest.chain, policyDigest: releasePolicyDigest(policy) },
      }),
    ).toEqual(['policy.epsilon']);
  });

  test('budget: no reservation, and a spec whose charge exceeds the reservation, in any lane', async () => {
    expect(await codes({ ...honest, chain: { ...honest.chain, budgetHeld: false } })).toEqual(['budget.notReserved']);
    expect(await codes(await ordered({ rdpLow: kit.order.rdpLow - 1n }))).toEqual(['budget.charge']);
    expect(await codes(await ordered({ rdpHigh: kit.order.rdpHigh - (1n << 224n) }))).toEqual(['budget.charge']);
    expect(await codes(await ordered({ rdpLow: kit.order.rdpLow + 1n }))).toEqual([]);
  });

  test('plan: a false epsilon and another privacy unit', async () => {
    const { privacy } = kit.spec;
    expect(
      await codes(await specified({ ...kit.spec, privacy: { ...privacy, epsilon: privacy.epsilon / 2 } })),
    ).toEqual(['plan.epsilon']);
    expect(await codes(await specified({ ...kit.spec, privacy: { ...privacy, unit: 'unit' } }))).toEqual(['plan.unit']);
  });

  test('plan: a batch that is not the public one', async () => {
    expect(await codes(await specified({ ...kit.spec, expectedBatch: 100 }))).toEqual(['plan.batch']);
  });

  test('graph: another one, an unreadable one, and one that mixes the examples of a batch', async () => {
    const other = kit.graph.slice();
    other[other.length - 100]! ^= 1;
    expect(await codes({ ...honest, claimed: { ...honest.claimed, graph: other } })).toContain('order.graph');
    const torn = kit.graph.slice(0, 100);
    expect(await codes({ ...honest, claimed: { ...honest.claimed, graph: torn } })).toEqual([
      'order.graph',
      'graph.refused',
    ]);
    const graph = readModel(kit.graph);
    const gemm = graph.nodes[0]!;
    const mixing = writeModel({
      ...graph,
      nodes: [
        { ...gemm, outputs: ['scores'] },
        {
          name: '/mix',
          op: 'Softmax',
          inputs: ['scores'],
          outputs: gemm.outputs,
          attributes: new Map([['axis', { kind: 'int', value: 0 }]]),
        },
      ],
    });
    const spec = { ...kit.spec, graph: digestOf(mixing) };
    const [reason, ...more] = await judgeJob(await specified(spec, mixing));
    expect(more).toEqual([]);
    expect(reason).toMatchObject({
      code: 'graph.refused',
      message: expect.stringContaining('onnx.mixesBatch') as string,
    });
  });

  test('graph: a selection of parameters that it does not have', async () => {
    expect(await codes(await specified({ ...kit.spec, trainable: 'nothing.of.this.name' }))).toEqual(['graph.refused']);
  });

  test('order: a stranger’s signature, another chain, another job, another spec', async () => {
    const stranger = { signTypedData: privateKeyToAccount(generatePrivateKey()).signTypedData };
    const signed = async (orderSignature: Promise<`0x${string}`>) => ({
      ...honest,
      claimed: { ...honest.claimed, orderSignature: await orderSignature },
    });
    expect(await codes(await signed(signOrder(kit.order, kit.domain, stranger)))).toEqual(['order.signature']);
    const elsewhere = { ...kit.domain, chainId: 1 };
    expect(await codes(await signed(signOrder(kit.order, elsewhere, kit.developer)))).toEqual(['order.signature']);
    const renamed = { ...honest.claimed, jobId: `0x${'99'.repeat(32)}` as typeof kit.jobId };
    expect(await codes({ ...honest, claimed: renamed })).toEqual(['order.job']);
    const spec = { ...kit.spec, checkpointEvery: 1 };
    expect(await codes({ ...honest, claimed: { ...honest.claimed, spec } })).toEqual(['order.spec']);
  });

  test('chain: a job that does not run, another dataset, another owner', async () => {
    expect(await codes({ ...honest, chain: { ...honest.chain, started: false } })).toEqual(['job.state']);
    expect(await codes({ ...honest, chain: { ...honest.chain, datasetOwner: kit.provider } })).toEqual(['job.dataset']);
    const dataset = { ...honest.dataset, id: `0x${'dd'.repeat(32)}` as DatasetId };
    expect(await codes({ ...honest, dataset })).toContain('job.dataset');
  });
});
