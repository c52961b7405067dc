import { canonicalJson, digestOf, utf8, type Json, type Sha256 } from '@encryptech/base';
import type { AppraisalPolicy } from './appraisal-policy.ts';

/** SHA-256 of the policy's canonical JSON (RFC 8785): what goes on chain. */
export const appraisalPolicyDigest = (policy: AppraisalPolicy): Sha256 =>
  digestOf(utf8(canonicalJson(policy as unknown as Json)));
