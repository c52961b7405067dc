import { randomBytes } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8, type JobId } from '@encryptech/base';
import { newMlp, writeModel } from '@encryptech/onnx';
import { measureEnclave } from '@encryptech/provider';
import { prepareDataset } from '@encryptech/sdk';
import { findDataset, followJob, quoteFor, submitJob } from '../developer-jobs.ts';
import { publishAs } from '../owner-datasets.ts';
import type { Terminal } from '../terminal.ts';
import { findPerson } from './person.ts';
import type { Session } from './session.ts';
import { untilGranted } from './until-granted.ts';

const NAME = 'Trial table (made up, public)';
const ROWS = 32;
const DAY_SEC = 86_400;

const schema = {
  version: 1,
  name: NAME,
  columns: [
    { name: 'x', type: 'number', min: 0, max: 1 },
    { name: 'half', type: 'category', values: ['lower', 'upper'] },
  ],
  target: { column: 'half', task: 'classification' },
};

const doneFile = (session: Session): string => join(session.home.root, 'trial.json');

/** True when the network of this state directory has had its trial job. */
export const hadTrial = (session: Session): Promise<boolean> =>
  access(doneFile(session)).then(
    () => true,
    () => false,
  );

/**
 * A small paid job on a made-up public table, from order to settlement, for whatever provider is there: how a provider of a
 * new network earns its first reputation. Only real work moves reputation, so there is no shorter way.
 */
export async function runTrialJob(terminal: Terminal, session: Session): Promise<void> {
  const owner = await findPerson(session.home, 'owner', undefined);
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${((i + 0.5) / ROWS).toFixed(4)},${i < ROWS / 2 ? 'lower' : 'upper'}`,
  );
  const prepared = await prepareDataset({
    owner: owner.address,
    name: NAME,
    table: utf8(`x,half\n${rows.join('\n')}\n`),
    schema,
    nominalRows: ROWS,
    epsilonCap: 2,
    deltaExponent: 5,
    fee: 0n,
    policy: {
      developers: '*',
      minLevel: 0,
      maxEpsilonPerJob: 1,
      measurements: [measureEnclave()],
      until: Math.floor(Date.now() / 1000) + DAY_SEC,
    },
    secret: new Uint8Array(randomBytes(32)),
  });
  await publishAs(terminal, session, owner, prepared);
  await untilGranted(session, prepared.id, prepared.manifest.policyDigest);
  const person = await findPerson(session.home, 'developer', undefined);
  const graph = writeModel(
    newMlp({ inputs: 1, hidden: [], outputs: 2, activation: 'tanh', seed: new Uint8Array(randomBytes(32)) }),
  );
  const demands = { developer: person.address };
  const quoted = await quoteFor(
    session,
    graph,
    (await findDataset(session, prepared.id)).datasetId,
    { epsilon: 1, steps: 5, durationSec: 60 },
    demands,
  );
  const { jobId } = await submitJob(terminal, session, { person, quoted, demands });
  await followJob({ ...terminal, err: () => undefined }, session, jobId as JobId);
  await writeFile(doneFile(session), JSON.stringify({ jobId, datasetId: prepared.id }, null, 2));
}
