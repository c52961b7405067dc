import { derOid } from '../der/der-writer.ts';
import { toHex } from '@encryptech/base';

/** Object identifiers as hex of their DER, which is what they are compared by. */
export const oid = (dotted: string): string => toHex(derOid(dotted));

export const OID_BASIC_CONSTRAINTS = oid('2.5.29.19');
export const OID_KEY_USAGE = oid('2.5.29.15');
/** Intel's extension of PCK certificates (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5). */
export const OID_SGX_EXTENSIONS = oid('1.2.840.113741.1.13.1');
