import { encodeAbiParameters, keccak256 } from 'viem/utils';
import type { Address, DatasetId, Sha256 } from '@encryptech/base';

/** The id that `Datasets.register` gives: keccak256(abi.encode(owner, digest of the encrypted file)). */
export const datasetIdOf = (owner: Address, blobDigest: Sha256): DatasetId =>
  keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [owner, blobDigest])) as DatasetId;
