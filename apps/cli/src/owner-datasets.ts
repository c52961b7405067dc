import { join } from 'node:path';
import type { DatasetId } from '@encryptech/base';
import { setDatasetPolicy } from '@encryptech/chain';
import { createDatasetStore, type DatasetStore } from '@encryptech/owner';
import { measureEnclave } from '@encryptech/provider';
import { releasePolicyDigest, type ReleasePolicy } from '@encryptech/protocol';
import { publishDataset, type PreparedDataset } from '@encryptech/sdk';
import { readPassphrase } from '@encryptech/sdk/node';
import { passphraseSource } from './home/passphrase.ts';
import { openWriter, unlockWallet, type Person } from './network/person.ts';
import type { Session } from './network/session.ts';
import type { Terminal } from './terminal.ts';

/** The datasets of an owner, unlocked with the owner's passphrase. */
export async function openOwnerStore(terminal: Terminal, session: Session, owner: Person): Promise<DatasetStore> {
  const source = await passphraseSource(terminal, session.home, owner.name);
  return createDatasetStore({
    folder: join(owner.dir, 'datasets'),
    passphrase: await readPassphrase(source, owner.name),
  });
}

/** Publishes a prepared dataset as its owner; the secret is kept before anything leaves. */
export async function publishAs(
  terminal: Terminal,
  session: Session,
  owner: Person,
  prepared: PreparedDataset,
): Promise<void> {
  const store = await openOwnerStore(terminal, session, owner);
  const { writer, close } = await openWriter(session.client, owner, await unlockWallet(terminal, session.home, owner));
  try {
    await publishDataset({
      prepared,
      blobs: session.blobs,
      writer,
      keep: ({ id, manifest, policy, secret }) => store.put({ id, manifest, policy, secret }),
    });
  } finally {
    await close();
  }
}

/**
 * Lets enclaves of the version that is installed here have a dataset's key: its measurement goes into the policy, the policy's
 * digest on chain. With `only`, versions that were allowed before no longer are. Returns the policy, and whether it changed.
 */
export async function allowThisVersion(
  terminal: Terminal,
  session: Session,
  owner: Person,
  datasetId: DatasetId,
  { only = false }: { only?: boolean } = {},
): Promise<{ policy: ReleasePolicy; changed: boolean }> {
  const store = await openOwnerStore(terminal, session, owner);
  const dataset = await store.get(datasetId);
  const measurement = measureEnclave();
  const before = dataset.policy.measurements;
  if (before.includes(measurement) && (!only || before.length === 1)) return { policy: dataset.policy, changed: false };
  const policy = { ...dataset.policy, measurements: only ? [measurement] : [...before, measurement] };
  const policyDigest = releasePolicyDigest(policy);
  const { writer, close } = await openWriter(session.client, owner, await unlockWallet(terminal, session.home, owner));
  try {
    await store.put({ ...dataset, policy });
    await setDatasetPolicy(writer, { datasetId, policyDigest, key: `policy:${datasetId}:${policyDigest}` });
  } finally {
    await close();
  }
  return { policy, changed: true };
}
