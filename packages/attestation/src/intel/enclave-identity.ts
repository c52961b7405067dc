import { attestationError } from '../errors.ts';
import { jsonFields } from './json-fields.ts';
import { readSvnLevels, type SvnLevel } from './tcb-info.ts';

/** Which quoting enclave is Intel's (Intel PCS API, "EnclaveIdentity", version 2). */
export interface EnclaveIdentity {
  readonly id: 'QE' | 'TD_QE';
  readonly issueDate: Date;
  readonly nextUpdate: Date;
  readonly evaluationNumber: number;
  readonly miscSelect: Uint8Array;
  readonly miscSelectMask: Uint8Array;
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
  readonly mrSigner: Uint8Array;
  readonly isvProdId: number;
  /** Highest version first. */
  readonly levels: readonly SvnLevel[];
}

/**
 * An enclave identity out of its JSON.
 *
 * @throws `attestation.badEndorsement`
 */
export function readEnclaveIdentity(text: string): EnclaveIdentity {
  const json = jsonFields(text, 'enclaveIdentity');
  const id = json.text('id');
  if (id !== 'QE' && id !== 'TD_QE') throw bad(`is about ${JSON.stringify(id.slice(0, 20))}, neither QE nor TD_QE`);
  if (json.integer('version', 255) !== 2) throw bad('is not of version 2');
  return {
    id,
    issueDate: json.date('issueDate'),
    nextUpdate: json.date('nextUpdate'),
    evaluationNumber: json.integer('tcbEvaluationDataNumber', 0xffff_ffff),
    // Intel writes this number with its most significant byte first; in a report the least significant comes first.
    miscSelect: json.bytes('miscselect', 4).reverse(),
    miscSelectMask: json.bytes('miscselectMask', 4).reverse(),
    attributes: json.bytes('attributes', 16),
    attributesMask: json.bytes('attributesMask', 16),
    mrSigner: json.bytes('mrsigner', 32),
    isvProdId: json.integer('isvprodid', 0xffff),
    levels: readSvnLevels(json),
  };
}

const bad = (message: string): Error =>
  attestationError({
    code: 'attestation.badEndorsement',
    message: `An enclave identity ${message}.`,
    place: 'enclaveIdentity',
  });
