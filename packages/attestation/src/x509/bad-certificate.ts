import { attestationError } from '../errors.ts';

/** The error for a certificate that can't be read; the message goes on after "A certificate". */
export const badCertificate = (message: string): Error =>
  attestationError({ code: 'attestation.badCertificate', message: `A certificate ${message}.` });
