import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnc, type Address, type DatasetId, type JobId, type Sha256 } from '@encryptech/base';
import { measureEnclave } from '@encryptech/provider';
import { defaultTraining, evaluate, inputsOf, parseSchema, readCsv } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { newMlp, writeModel } from '@encryptech/onnx';
import { releasePolicyDigest, type DatasetView } from '@encryptech/protocol';
import { prepareDataset, providerEarnings, verifyCertificate } from '@encryptech/sdk';
import { fetchResult, followJob, quoteFor, submitJob } from '../developer-jobs.ts';
import { findPerson, listPeople } from '../network/person.ts';
import { allowThisVersion, publishAs } from '../owner-datasets.ts';
import type { Session } from '../network/session.ts';
import { untilGranted } from '../network/until-granted.ts';
import type { Terminal } from '../terminal.ts';
import { writeDemoData, type DemoData } from './demo-data.ts';
import type { DemoFacts } from './demo-report.ts';

const DATASET_NAME = 'Breast masses (demo)';
const NOMINAL_ROWS = 450;
const EPSILON_CAP = 20;
const EPSILON = 3;
const DELTA_EXPONENT = 5;
const FEE = parseEnc('1');
const YEAR_SEC = 365 * 86_400;

/** The main job on a running network, end to end: publish, order, train, deliver, settle, open, verify. */
export async function runDemo(terminal: Terminal, session: Session, say: (words: string) => void): Promise<DemoFacts> {
  const data = await writeDemoData(join(session.home.root, 'demo'));
  const owner = await findPerson(session.home, 'owner', 'hospital');
  const published = (await session.coordinator.getDatasets()).datasets.find(
    (view) => view.manifest?.name === DATASET_NAME && view.owner.toLowerCase() === owner.address.toLowerCase(),
  );
  let granted: { id: DatasetId; policyDigest: Sha256 };
  if (published === undefined) {
    say('hospital: checking and encrypting 80 % of the table, publishing it');
    granted = await publishDemo(terminal, session, data);
  } else {
    say('hospital: the dataset is published already; its budget goes on where it was');
    const { policy, changed } = await allowThisVersion(terminal, session, owner, published.datasetId as DatasetId);
    granted = { id: published.datasetId as DatasetId, policyDigest: releasePolicyDigest(policy) };
    if (changed) say('hospital: the enclave’s code is of a new version; its measurement is now in the policy');
  }
  const dataset = await untilGranted(session, granted.id, granted.policyDigest);

  say('developer: a fresh model, checked and priced');
  const schema = parseSchema(JSON.parse(await readFile(data.schemaFile, 'utf8')));
  const { inputs, outputs } = inputsOf(schema);
  const { hidden } = defaultTraining({ inputs, rows: NOMINAL_ROWS });
  const graph = writeModel(
    newMlp({ inputs, hidden, outputs, activation: 'tanh', seed: new Uint8Array(randomBytes(32)) }),
  );
  await writeFile(join(session.home.root, 'demo', 'model.onnx'), graph);
  const person = await findPerson(session.home, 'developer', 'developer');
  const demands = { developer: person.address };
  const quoted = await quoteFor(session, graph, dataset.datasetId, { epsilon: EPSILON }, demands);

  say('developer: order signed, escrow deposited');
  const started = performance.now();
  const { jobId } = await submitJob(terminal, session, { person, quoted, demands });
  const view = await followJob(terminal, session, jobId as JobId);
  const jobSeconds = (performance.now() - started) / 1000;

  say('developer: opening the result, testing and verifying it');
  const { modelFile, certificateFile } = await fetchResult(terminal, session, person, view);
  const model = new Uint8Array(await readFile(modelFile));
  const verdict = await verifyCertificate({
    file: JSON.parse(await readFile(certificateFile, 'utf8')),
    model,
    client: session.client,
  });
  const test = await readCsv(new Uint8Array(await readFile(data.testCsv)), schema);
  const result = await evaluate(model, test, createNodeEngine());
  if (result.task !== 'classification') throw new Error('The demo’s table is a classification.');
  const { offers } = await session.coordinator.getOffers();
  const people = await listPeople(session.home);
  const nameOf = (address: string): string =>
    people.find((one) => one.address.toLowerCase() === address.toLowerCase())?.name ?? address.slice(0, 8);
  const earned = await Promise.all(
    offers
      .map(({ provider: { address } }) => ({ address: address as Address, name: nameOf(address) }))
      // Who did this job comes last.
      .sort((a, b) => Number(a.address === view.provider) - Number(b.address === view.provider))
      .map(async ({ name, address }) => ({ name, earnings: await providerEarnings(session.client, address) })),
  );
  return {
    accuracy: result.accuracy,
    testRows: result.rows,
    view,
    dataset: await datasetNow(session, dataset.datasetId),
    verdict,
    adjacency: quoted.planned.plan.adjacency,
    accountant: quoted.planned.plan.accountant,
    modelFile,
    certificateFile,
    jobSeconds,
    reputations: offers.map(({ provider, offer }) => ({
      name: nameOf(provider.address),
      reputationBps: provider.reputationBps,
      ask: offer.ask,
    })),
    earned,
  };
}

async function publishDemo(
  terminal: Terminal,
  session: Session,
  data: DemoData,
): Promise<{ id: DatasetId; policyDigest: Sha256 }> {
  const owner = await findPerson(session.home, 'owner', 'hospital');
  const prepared = await prepareDataset({
    owner: owner.address,
    name: DATASET_NAME,
    table: new Uint8Array(await readFile(data.hospitalCsv)),
    schema: JSON.parse(await readFile(data.schemaFile, 'utf8')),
    nominalRows: NOMINAL_ROWS,
    epsilonCap: EPSILON_CAP,
    deltaExponent: DELTA_EXPONENT,
    fee: FEE,
    policy: {
      developers: '*',
      minLevel: 0,
      maxEpsilonPerJob: EPSILON,
      measurements: [measureEnclave()],
      until: Math.floor(Date.now() / 1000) + YEAR_SEC,
    },
    secret: new Uint8Array(randomBytes(32)),
  });
  await publishAs(terminal, session, owner, prepared);
  return { id: prepared.id, policyDigest: prepared.manifest.policyDigest };
}

async function datasetNow({ coordinator }: Session, datasetId: string): Promise<DatasetView> {
  return (await coordinator.getDatasets()).datasets.find((view) => view.datasetId === datasetId)!;
}
