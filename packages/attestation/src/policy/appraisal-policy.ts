import type { Hex } from '@encryptech/base';
import type { SnpTcb } from '../claims.ts';
import type { TeeKind } from '../evidence.ts';

/** The four security levels: 0 proves nothing, 3 is hardware in a known place running a reproducible build. */
export type SecurityLevel = 0 | 1 | 2 | 3;

/**
 * What a relying party accepts: RFC 9334's appraisal policy for evidence. A closed, versioned JSON document; an empty list
 * allows nothing. Switches that loosen a rule start with `insecure` and are off when absent.
 */
export interface AppraisalPolicy {
  readonly version: 1;
  /** Kinds of evidence that are accepted at all. */
  readonly kinds: readonly TeeKind[];
  /** Identities of code that may run, lower-case hex of 32 or 48 bytes. */
  readonly measurements: readonly Hex[];
  readonly minLevel: SecurityLevel;
  /** Advisories that don't lower the level of a platform whose status is `SWHardeningNeeded`. */
  readonly acceptedAdvisories: readonly string[];
  /** How long a platform may stay out of date and keep level 1, in seconds. */
  readonly tcbGraceSec: number;
  /** The oldest edition of TCB information that is accepted. */
  readonly minEvaluationNumber: number;
  /** From which age, in seconds, a vendor's documents lower the level. */
  readonly collateralSoftAgeSec: number;
  /** Machines that are never accepted, by hashed identifier. */
  readonly deniedDevices: readonly Hex[];
  /** Machines whose place or owner is proven independently: a condition of level 3. */
  readonly registeredDevices: readonly Hex[];
  /** Those of the measurements that anybody can rebuild from source: a condition of level 3. */
  readonly reproducibleMeasurements: readonly Hex[];
  /**
   * The least security version of each firmware part by product: a condition of level 2 for SEV-SNP, for which AMD publishes
   * no status. `fmc` belongs to Turin.
   */
  readonly snpMinimumTcb?: Readonly<Partial<Record<'Milan' | 'Genoa' | 'Turin', SnpTcb>>>;
  /** Accepts software enclaves of a development root. Their level stays 0. */
  readonly insecureAllowDevelopment?: boolean;
  /** Accepts a TD whose identity a service TD may change. */
  readonly insecureAllowServiceTd?: boolean;
  /** Accepts a TD into which the host can inject #VE. */
  readonly insecureAllowSeptVe?: boolean;
  /** Accepts SEV-SNP reports that were asked for at VMPL 1 to 3, below a paravisor that isn't measured with the guest. */
  readonly insecureAllowVmpl?: boolean;
}
