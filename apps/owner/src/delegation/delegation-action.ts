import { canonicalJson, digestOf, utf8, type Address, type Hex, type Sha256 } from '@encryptech/base';

/** What an owner may ask a delegate for: to take over, or to forget. */
export type DelegationAction = 'open' | 'end';

/** In a challenge about a delegation, what stands in the place of the dataset's id. */
export const NO_DATASET: Hex = `0x${'00'.repeat(32)}`;
/** Attempts at jobs count from 1. */
export const NO_ATTEMPT = 0;
/** Longest time that the chain lets a delegate release for, in seconds. */
export const LONGEST_DELEGATION_SEC = 90 * 86_400;

/** What an owner's challenge says in the place of a policy's digest, so that one word can't be taken for another. */
export const actionDigest = (action: DelegationAction): Sha256 =>
  digestOf(utf8(canonicalJson({ version: 1, delegation: action })));

/** What evidence of a delegate binds as configuration: whose delegate it is, and that it is one. */
export const delegateConfiguration = (owner: Address, delegation: Hex): Sha256 =>
  digestOf(utf8(canonicalJson({ version: 1, role: 'delegate', owner: owner.toLowerCase(), delegation })));
