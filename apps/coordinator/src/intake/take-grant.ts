import { findDataset, type DatasetRow } from '@encryptech/chain';
import type { DatasetId, Hex, Sha256 } from '@encryptech/base';
import { datasetManifestDigest, hashGrant, parseRequest, verifyGrant } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';
import { requireLive, superseded, type IntakeDeps } from './intake-deps.ts';

/**
 * Takes in a grant signed by the dataset's owner, in place of the earlier one for the same developer, with the manifest that
 * the chain knows by digest. Returns the grant's digest.
 *
 * @throws `protocol.badDocument` `protocol.badSignature` `protocol.wrongSigner` `coordinator.expired`
 * `coordinator.unknownDataset` `coordinator.superseded`
 */
export async function takeGrant(deps: IntakeDeps, body: unknown): Promise<Hex> {
  const { grant, signature, manifest } = parseRequest('postGrant', body);
  const dataset = await registeredDataset(deps, grant.datasetId as DatasetId, datasetManifestDigest(manifest));
  await verifyGrant(grant, signature, deps.domain, dataset.owner);
  const now = await deps.clock();
  requireLive('grant', grant, now);
  const id = hashGrant(grant, deps.domain);
  if (!(await deps.book.grants.add({ id, grant, signature }, manifest, now))) throw superseded('grant');
  return id;
}

/** Which was registered a moment ago may not be in the index yet. */
async function registeredDataset({ db, catchUp }: IntakeDeps, id: DatasetId, manifest: Sha256): Promise<DatasetRow> {
  const known = await findDataset(db, id);
  const row = known ?? (await catchUp().then(() => findDataset(db, id)));
  if (row?.manifestDigest === manifest) return row;
  throw coordinatorError({
    code: 'coordinator.unknownDataset',
    message: row ? 'The chain knows another manifest of this dataset.' : 'The dataset is not registered on this chain.',
    place: row ? 'manifest' : 'grant.datasetId',
    hint: row ? 'Send the manifest that was published with it.' : 'Publish the dataset first.',
    retry: row ? 'never' : 'later',
  });
}
