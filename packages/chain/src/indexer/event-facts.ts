import type { Address, Hex } from '@encryptech/base';
import type { JobOrderJson } from '@encryptech/protocol';

/** What an event leaves out and a reader needs: found when it is indexed, kept with it. */
export interface EventFacts {
  /** The parties of the job by its earlier events, and the fee for the data in wei. */
  parties?: { developer: Address; provider: Address; datasetOwner: Address; datasetFee: string };
  /** The matched order, from the data of the transaction. */
  order?: JobOrderJson;
  /** The enclave's signature over the receipt, from the data of the transaction. */
  enclaveSig?: Hex;
}
