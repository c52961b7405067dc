import type { Hex } from '@encryptech/base';
import { measureWorker } from '@encryptech/provider';

/** What a delegate's worker may read besides the packages: the code that it decides by. */
export const DELEGATE_FOLDERS = ['apps/provider/src/enclave', 'apps/owner/src'] as const;

/**
 * The measurement of the delegate that this install would start, as `measureEnclave` makes it: over all packages, the lock
 * file, the enclave's and the owner's agent's own sources. An owner computes it on a clone of their own.
 */
export const measureDelegate = (): Hex => measureWorker(DELEGATE_FOLDERS);
