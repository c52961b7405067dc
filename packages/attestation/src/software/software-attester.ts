import { attestationError } from '../errors.ts';
import type { Attester } from '../evidence.ts';
import type { TdFields } from '../intel/write-quote.ts';
import { decodeRuntimeData } from '../runtime-data/decode-runtime-data.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import { TD_SEPT_VE_DISABLE } from '../tdx/td-attributes.ts';
import type { SoftwarePlatform } from './development-pki.ts';
import { signQuote } from './sign-quote.ts';

export interface SoftwareAttesterOptions {
  readonly platform: SoftwarePlatform;
  /** SHA-384 of the enclave's code, 48 bytes: stands where TDX has the MRTD. */
  readonly measurement: Uint8Array;
  /** Other fields of the simulated TD's report, such as attributes or security versions; with fields of TD 1.5, one of TD 1.5. */
  readonly td?: Omit<TdFields, 'mrTd' | 'reportData'>;
}

/**
 * An attester for enclaves that are ordinary processes: evidence in the format of a TDX quote under a development
 * hierarchy, so that everything behind it runs as it does on hardware. It proves nothing, and has level 0.
 *
 * `attest` throws `attestation.badRuntimeData` for bytes that no verifier would accept.
 *
 * @throws `attestation.badArgument`
 */
export function createSoftwareAttester({ platform, measurement, td = {} }: SoftwareAttesterOptions): Attester {
  if (measurement.length !== 48) {
    throw attestationError({
      code: 'attestation.badArgument',
      message: `The measurement of a software enclave must be 48 bytes (SHA-384), not ${measurement.length}.`,
    });
  }
  const mrTd = measurement.slice();
  const tdAttributes = new Uint8Array(8);
  tdAttributes[TD_SEPT_VE_DISABLE.byte] = TD_SEPT_VE_DISABLE.bit;
  // x87, SSE and AVX, as the quoting enclave's.
  const xfam = Uint8Array.of(0xe7, 0, 0, 0, 0, 0, 0, 0);
  return {
    kind: 'software',
    async attest(runtimeData) {
      decodeRuntimeData(runtimeData);
      const body = signQuote(platform, { tdAttributes, xfam, ...td, mrTd, reportData: reportDataOf(runtimeData) });
      return { kind: 'software', body, runtimeData: runtimeData.slice() };
    },
  };
}
