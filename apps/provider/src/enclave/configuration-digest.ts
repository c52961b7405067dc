import { canonicalJson, digestOf, utf8, type Address, type JobId, type Sha256 } from '@encryptech/base';

/** All that an enclave was told to do, by digests. */
export interface EnclaveConfiguration {
  readonly job: JobId;
  readonly attempt: number;
  readonly provider: Address;
  readonly graph: Sha256;
  readonly spec: Sha256;
  /** Of the dataset's manifest: schema, ranges, privacy unit. */
  readonly manifest: Sha256;
}

/**
 * The digest that evidence binds as `configuration`: SHA-256 of the canonical JSON of its members and `version: 1`. The
 * owner computes it from its own documents, so an enclave that was started on others shows.
 */
export const configurationDigest = ({ job, attempt, provider, graph, spec, manifest }: EnclaveConfiguration): Sha256 =>
  digestOf(utf8(canonicalJson({ version: 1, job, attempt, provider: provider.toLowerCase(), graph, spec, manifest })));
