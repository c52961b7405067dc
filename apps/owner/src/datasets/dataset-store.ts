import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type DatasetId, type Json } from '@encryptech/base';
import {
  datasetIdOf,
  parseDatasetManifest,
  parseJson,
  parseReleasePolicy,
  type DatasetManifest,
  type ReleasePolicy,
} from '@encryptech/protocol';
import { readPrivateFile, writePrivateFile } from '@encryptech/sdk/node';
import { decryptKeystore, encryptKeystore } from '@encryptech/sealing';
import { ownerError } from '../errors.ts';

/** A dataset as its owner holds it. */
export interface OwnedDataset {
  readonly id: DatasetId;
  readonly manifest: DatasetManifest;
  readonly policy: ReleasePolicy;
  /** 32 bytes that all keys of the dataset follow from. */
  readonly secret: Uint8Array;
}

/** The datasets in an owner's directory. */
export interface DatasetStore {
  /** The ids of all datasets that are stored whole, sorted. */
  ids(): Promise<DatasetId[]>;
  /** @throws `owner.badDataset`, `sealing.wrongPassphrase`, `sdk.noFile`, `sdk.openPermissions`, `protocol.badDocument` */
  get(id: DatasetId): Promise<OwnedDataset>;
  /** Stores a dataset, or its new policy, for good: the secret is on disk when this resolves. @throws `owner.badDataset` */
  put(dataset: OwnedDataset): Promise<void>;
}

export interface DatasetStoreOptions {
  folder: string;
  passphrase: string;
  /** See `encryptKeystore`: for tests. */
  insecureFastKdf?: boolean;
}

/** A store of one folder a dataset: `ID/{manifest,policy,secret}.json`, the secret as a key store under the passphrase. */
export function createDatasetStore({ folder, passphrase, insecureFastKdf = false }: DatasetStoreOptions): DatasetStore {
  const at = (id: DatasetId, name: 'manifest' | 'policy' | 'secret') => join(folder, id, `${name}.json`);
  return {
    ids: async () => {
      const found: DatasetId[] = [];
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (!entry.isDirectory() || !/^0x[0-9a-f]{64}$/.test(entry.name)) continue;
        // The secret is written last: a folder without it is one that a crash left behind.
        if ((await readdir(join(folder, entry.name))).includes('secret.json')) found.push(entry.name as DatasetId);
      }
      return found.sort();
    },
    get: async (id) => {
      const manifest = parseDatasetManifest(parseJson(await readPrivateFile(at(id, 'manifest'), 'manifest')));
      const policy = parseReleasePolicy(parseJson(await readPrivateFile(at(id, 'policy'), 'release policy')));
      const secret = await decryptKeystore(await readPrivateFile(at(id, 'secret'), 'dataset secret'), passphrase);
      return checkedDataset({ id, manifest, policy, secret });
    },
    put: async (dataset) => {
      const { id, manifest, policy, secret } = checkedDataset(dataset);
      await mkdir(join(folder, id), { recursive: true, mode: 0o700 });
      await writePrivateFile(at(id, 'manifest'), canonicalJson(manifest as unknown as Json));
      await writePrivateFile(at(id, 'policy'), canonicalJson(policy as unknown as Json));
      const keystore = await encryptKeystore(secret, passphrase, { insecureFastKdf });
      await writePrivateFile(at(id, 'secret'), JSON.stringify(keystore));
    },
  };
}

/**
 * The dataset, once its parts agree with each other.
 *
 * @throws `owner.badDataset`
 */
export function checkedDataset<Dataset extends OwnedDataset>(dataset: Dataset): Dataset {
  const { id, manifest, policy, secret } = dataset;
  const fault =
    datasetIdOf(manifest.owner, manifest.blob) !== id
      ? 'its id does not follow from the manifest'
      : policy.dataset !== id
        ? 'its policy is for another dataset'
        : secret.length !== 32
          ? 'its secret is not 32 bytes'
          : undefined;
  if (fault === undefined) return dataset;
  throw ownerError({ code: 'owner.badDataset', message: `The dataset can't be used: ${fault}.`, place: id });
}
