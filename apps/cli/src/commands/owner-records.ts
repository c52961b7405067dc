import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { canonicalJson, type DatasetId, type Json, type Sha256 } from '@encryptech/base';
import { datasetFacts, datasetsAbi, retireDataset, setDatasetPolicy } from '@encryptech/chain';
import {
  bundleToJson,
  describeEntry,
  eraseDataset,
  erasureDigest,
  erasureStatement,
  makeBundle,
  verifyReleaseLog,
  type LogEntry,
} from '@encryptech/owner';
import { parseReleasePolicy, releasePolicyDigest, type ReleasePolicy } from '@encryptech/protocol';
import { readPrivateFile, writePrivateFile } from '@encryptech/sdk/node';
import { confirm } from '../confirm.ts';
import { findDataset } from '../developer-jobs.ts';
import { cliError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { homeOf } from '../home/home.ts';
import { leaf } from '../leaf.ts';
import { findPerson, openWriter, unlockWallet, type Person } from '../network/person.ts';
import { openSession, type Session } from '../network/session.ts';
import { withChain } from '../network/with-chain.ts';
import { openOwnerStore } from '../owner-datasets.ts';
import { readInput, readJsonInput } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';

interface Whose extends Record<string, unknown> {
  as?: string;
  dir?: string;
}

const whose = (command: Command): Command =>
  command.option('--as <owner>', 'which owner').option('--dir <folder>', 'state directory');

/** `encryptech owner log`, `bundle`, `withdraw`, `erase`: what was decided about keys, and the end of it. */
export function ownerRecordCommands(terminal: Terminal, owner: Command): void {
  logCommand(terminal, owner);
  bundleCommand(terminal, owner);
  withdrawCommand(terminal, owner);
  eraseCommand(terminal, owner);
}

function logCommand(terminal: Terminal, owner: Command): void {
  leaf<Whose & { verify?: boolean }>(terminal, owner, {
    usage: 'log',
    description: 'every decision about your keys in plain words; --verify compares it with the head on chain',
    example: 'encryptech owner log --verify',
    configure: (command) =>
      void whose(command).option('--verify', 'check each line, and that the chain’s anchored head is among them'),
    run: async (_args, { as, dir, verify }) => {
      const home = homeOf(terminal, dir);
      const person = await findPerson(home, 'owner', as);
      const path = join(person.dir, 'release-log.jsonl');
      const entries: LogEntry[] = [];
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      let anchored: Sha256 | undefined;
      let anchoredAt = -1;
      if (verify === true) {
        anchored = await withChain(await openSession(terminal, dir), (client) =>
          client.public.readContract({
            ...{ address: client.deployment.contracts.datasets, abi: datasetsAbi, functionName: 'logHeadOf' },
            args: [person.address],
          }),
        );
      }
      if (!isThere && anchored !== undefined && anchored !== EMPTY_HEAD) throw logGone(path, anchored);
      const heads: Sha256[] = [];
      const { head } = isThere
        ? await verifyReleaseLog(path, {
            ...(anchored === undefined ? {} : { knownHeads: [anchored] }),
            onEntry: (entry) => {
              entries.push(entry);
              if (entry.seq > 0) heads.push(entry.previous);
            },
          })
        : { head: EMPTY_HEAD };
      heads.push(head);
      if (anchored !== undefined && anchored !== EMPTY_HEAD) anchoredAt = heads.indexOf(anchored);
      const behind = entries.length - 1 - anchoredAt;
      return {
        json: {
          owner: person.address,
          entries: entries as unknown as Json,
          head,
          ...(anchored === undefined ? {} : { anchored, anchoredEntries: anchoredAt + 1, verified: true }),
        },
        text: [
          ...(entries.length === 0 ? ['No decision about a key has been made yet.'] : entries.flatMap(describeEntry)),
          `${entries.length} entries; head ${head}`,
          ...(anchored === undefined
            ? []
            : anchoredAt < 0
              ? ['Every line follows from the one before. The chain has no head of this log yet.']
              : [
                  `Every line follows from the one before, and the chain has the head of entry ${anchoredAt}` +
                    (behind === 0
                      ? ': nothing was changed or cut.'
                      : `: up to there nothing was changed or cut; ${behind} newer.`),
                ]),
        ].join('\n'),
        exitCode: EXIT.ok,
      };
    },
  });
}

const EMPTY_HEAD: Sha256 = `0x${'00'.repeat(32)}`;

const logGone = (path: string, head: Sha256) =>
  cliError({
    code: 'cli.logGone',
    message: 'The chain has the head of a log of yours, and there is no log here.',
    place: path,
    hint: `Bring it back from a backup: its newest entry on chain has the digest ${head}.`,
  });

function bundleCommand(terminal: Terminal, owner: Command): void {
  leaf<Whose & { out: string; endorsements?: string[] }>(terminal, owner, {
    usage: 'bundle <certificate>',
    description:
      'join a developer’s certificate with the evidence, policy, release and log line that you have of the job',
    example: 'encryptech owner bundle certificate.json --out bundle.json',
    configure: (command) =>
      void whose(command)
        .option('--endorsements <file...>', 'vendors’ documents of the time, for evidence of hardware')
        .option('--out <file>', 'where to write it', 'bundle.json'),
    run: async ([file], { as, dir, out, endorsements = [] }) => {
      const person = await findPerson(homeOf(terminal, dir), 'owner', as);
      const at = (path: string) => resolve(terminal.cwd, path);
      const bundle = await makeBundle(person.dir, {
        certificate: await readJsonInput(at(file!)),
        endorsements: await Promise.all(endorsements.map((path) => readInput(at(path)))),
      });
      await writeFile(at(out), `${JSON.stringify(bundleToJson(bundle), null, 2)}\n`);
      const { job } = bundle.certificate.certificate;
      return { json: { job, file: at(out) }, text: `Written: ${at(out)}. Check it with: encryptech verify ${out}` };
    },
  });
}

function withdrawCommand(terminal: Terminal, owner: Command): void {
  leaf<Whose & { undo?: boolean; yes?: boolean; dryRun?: boolean }>(terminal, owner, {
    usage: 'withdraw <dataset>',
    description: 'withdraw consent: no key of the dataset is released any more, from this moment and the next block on',
    example: 'encryptech owner withdraw 0x12ab --yes',
    configure: (command) =>
      void whose(command)
        .option('--undo', 'let the policy stand again that was withdrawn')
        .option('--yes', 'do not ask')
        .option('--dry-run', 'say what would be done, and stop'),
    run: async ([prefix], { as, dir, undo, yes, dryRun }) => {
      const session = await openSession(terminal, dir);
      const person = await findPerson(session.home, 'owner', as);
      const { datasetId } = await findDataset(session, prefix!);
      const words =
        undo === true
          ? `let the withdrawn policy of ${datasetId} stand again`
          : `withdraw consent for ${datasetId}: jobs that have their key run to the next checkpoint, no other gets one`;
      const json = { datasetId, withdrawn: undo !== true };
      if (dryRun === true) return { json: { ...json, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      const hash = await replacePolicy(terminal, session, person, datasetId as DatasetId, undo === true);
      return { json: { ...json, transaction: hash }, text: `Done: ${words}. Transaction ${hash}` };
    },
  });
}

/** Swaps the policy for one that allows nobody, or back. On disk first: the agent refuses from then on. */
async function replacePolicy(
  terminal: Terminal,
  session: Session,
  person: Person,
  datasetId: DatasetId,
  undo: boolean,
): Promise<string> {
  const store = await openOwnerStore(terminal, session, person);
  const dataset = await store.get(datasetId);
  const kept = join(person.dir, 'datasets', datasetId, 'withdrawn-policy.json');
  let policy: ReleasePolicy;
  if (undo) {
    policy = parseReleasePolicy(JSON.parse(await readPrivateFile(kept, 'withdrawn policy')));
  } else {
    policy = { ...dataset.policy, developers: [], purposes: [] };
    const isWithdrawn = releasePolicyDigest(policy) === releasePolicyDigest(dataset.policy);
    if (!isWithdrawn) await writePrivateFile(kept, canonicalJson(dataset.policy as unknown as Json));
  }
  await store.put({ ...dataset, policy });
  const policyDigest = releasePolicyDigest(policy);
  const { writer, close } = await openWriter(
    session.client,
    person,
    await unlockWallet(terminal, session.home, person),
  );
  try {
    const key = `policy:${datasetId}:${policyDigest}:${Date.now()}`;
    return (await setDatasetPolicy(writer, { datasetId, policyDigest, key })).hash;
  } finally {
    await close();
  }
}

function eraseCommand(terminal: Terminal, owner: Command): void {
  leaf<Whose & { yes?: boolean; dryRun?: boolean }>(terminal, owner, {
    usage: 'erase <dataset>',
    description: 'destroy the key of a dataset for ever, and say so on chain: no copy of its file can be opened again',
    example: 'encryptech owner erase 0x12ab --yes',
    configure: (command) =>
      void whose(command).option('--yes', 'do not ask').option('--dry-run', 'say what would be done, and stop'),
    run: async ([prefix], { as, dir, yes, dryRun }) => {
      const session = await openSession(terminal, dir);
      const person = await findPerson(session.home, 'owner', as);
      const { datasetId: id } = await findDataset(session, prefix!);
      const datasetId = id as DatasetId;
      const words = `destroy the key of ${datasetId} for ever, and retire the dataset on chain`;
      const folder = join(person.dir, 'datasets');
      // A dataset without a key here is refused before anything is said on chain.
      await access(join(folder, datasetId, 'secret.json')).catch(() => {
        throw cliError({
          code: 'cli.noKey',
          message: 'There is no key of this dataset here: it was destroyed, or never was.',
          place: join(folder, datasetId),
          hint: 'Say with --as which owner holds it.',
        });
      });
      if (dryRun === true) return { json: { datasetId, dryRun: true }, text: `Would ${words}.` };
      await confirm(terminal, `${words}?`, yes);
      const statement = erasureStatement(datasetId, Math.floor(Date.now() / 1000));
      const digest = erasureDigest(statement);
      const account = await unlockWallet(terminal, session.home, person);
      const { writer, close } = await openWriter(session.client, person, account);
      try {
        // The chain first: from that block on nobody gets the key, whatever happens to this machine.
        await setDatasetPolicy(writer, { datasetId, policyDigest: digest, key: `erase:${datasetId}:${digest}` });
        if (!(await datasetFacts(session.client, datasetId)).retired) await retireDataset(writer, { datasetId });
        await eraseDataset(folder, statement);
      } finally {
        await close();
      }
      return {
        json: { datasetId, statement: statement as unknown as Json, digest },
        text: `Done: the key is destroyed. The chain holds the digest ${digest} of the statement in ${join(folder, datasetId, 'erasure.json')}.`,
      };
    },
  });
}
