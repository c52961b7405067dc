/*
 * What the market decides on. Terms are what somebody signed (the structs of `protocol` fit as they are); the rest is what
 * the chain, or a verified signature, says. A fact that is left out is unknown, and unknown facts refuse a match.
 */

/** The terms of a `JobOrder` that decide a match. */
export interface OrderTerms {
  readonly developer: string;
  readonly datasetId: string;
  /** Micro-units. */
  readonly units: bigint;
  readonly steps: number;
  readonly durationSec: number;
  /** Wei a unit. */
  readonly maxRate: bigint;
  readonly maxDatasetFee: bigint;
  readonly minLevel: number;
  readonly kind: number;
  readonly minReputationBps: number;
  /** Micro-units a second. */
  readonly minSpeed: bigint;
  /** Packed ledger charge. */
  readonly rdpLow: bigint;
  readonly rdpHigh: bigint;
  readonly expiresAt: bigint;
}

/** What matters to a developer among admissible offers: basis points that add up to 10,000. */
export interface Preferences {
  readonly security: number;
  readonly performance: number;
  readonly cost: number;
}

export interface OrderFacts {
  /** The job id. */
  readonly id: string;
  readonly order: OrderTerms;
  /** When the coordinator took it in, in seconds: who comes first is served first. */
  readonly receivedAt: number;
  readonly preferences?: Preferences | undefined;
  readonly signatureValid?: boolean | undefined;
  readonly nonceCancelled?: boolean | undefined;
  /** State of its job on chain: `None` before the first match, `Expired` between attempts. */
  readonly state?: string | undefined;
  /** Steps paid in earlier attempts. */
  readonly paidSteps?: number | undefined;
}

/** The terms of a `ComputeOffer`. */
export interface OfferTerms {
  readonly provider: string;
  /** Wei a unit. */
  readonly ask: bigint;
  readonly maxUnits: bigint;
  readonly maxDurationSec: number;
  readonly expiresAt: bigint;
}

export interface OfferFacts {
  /** The offer's EIP-712 digest. */
  readonly id: string;
  readonly offer: OfferTerms;
  readonly signatureValid?: boolean | undefined;
  readonly nonceCancelled?: boolean | undefined;
}

/** The terms of a `DatasetGrant`. */
export interface GrantTerms {
  readonly datasetId: string;
  /** The zero address for anyone. */
  readonly developer: string;
  readonly fee: bigint;
  readonly minLevel: number;
  readonly policyDigest: string;
  readonly expiresAt: bigint;
}

export interface GrantFacts {
  /** The grant's EIP-712 digest. */
  readonly id: string;
  readonly grant: GrantTerms;
  readonly signatureValid?: boolean | undefined;
  readonly nonceCancelled?: boolean | undefined;
}

export interface ProviderFacts {
  readonly address: string;
  readonly active?: boolean | undefined;
  /** Security level by valid attestation. */
  readonly level?: number | undefined;
  readonly reputationBps?: number | undefined;
  /** Micro-units a second. */
  readonly speed?: bigint | undefined;
  /** Wei in the pool Provide that counts and is not locked. */
  readonly freeStake?: bigint | undefined;
  /** Posted rate in wei a unit, which reserved orders pay at most; 0 = none. Needed for those only. */
  readonly ask?: bigint | undefined;
  /** Workers without a job. */
  readonly freeWorkers?: number | undefined;
}

export interface DatasetFacts {
  readonly id: string;
  readonly retired?: boolean | undefined;
  readonly minLevel?: number | undefined;
  readonly policyDigest?: string | undefined;
  /** Caps of the 16 Rényi orders in micro-RDP (`Datasets.capsOf`). */
  readonly caps?: readonly number[] | undefined;
  /** Spent + reserved in micro-RDP, lane by lane. */
  readonly held?: readonly number[] | undefined;
}

export interface DeveloperFacts {
  readonly address: string;
  /** Wei in Jobs that no escrow holds. */
  readonly balance?: bigint | undefined;
  /** Micro-units of reserved computing that are left in the running epoch. Needed for reserved orders only. */
  readonly entitlementLeft?: bigint | undefined;
}

/** Parameters of new matches, from `Jobs.parameters()` and `Staking`. */
export interface MarketParameters {
  readonly paused?: boolean | undefined;
  readonly feeBps?: number | undefined;
  readonly stakeRatioBps?: number | undefined;
  readonly startWindowSec?: number | undefined;
  /** Seconds by demanded level, 0 to 3. */
  readonly contestWindowSec?: readonly number[] | undefined;
  readonly unbondingSec?: number | undefined;
}

/** One market at one moment: all that `matchOrders` needs. */
export interface MarketFacts {
  /** Seconds since 1970, as the next block will have them. */
  readonly now: number;
  readonly parameters: MarketParameters;
  readonly orders: readonly OrderFacts[];
  readonly offers: readonly OfferFacts[];
  readonly grants: readonly GrantFacts[];
  readonly providers: readonly ProviderFacts[];
  readonly datasets: readonly DatasetFacts[];
  readonly developers: readonly DeveloperFacts[];
}
