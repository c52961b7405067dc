import { utf8 } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';
import { RunCore, type RunOptions } from './run-core.ts';

/** A run from a seed, for tests: NO PRIVACY. It has no receipt, and its `kind` keeps it from where one is asked for. */
export class InsecurePlanRun extends RunCore {
  readonly kind = 'insecure';

  constructor(plan: PrivacyPlanJson, seed: number, options: Omit<RunOptions, 'root'>) {
    super(plan, { ...options, root: sha256(utf8(`encryptech/privacy/insecure/${seed}`)) });
  }
}
