import { oid } from '../x509/oids.ts';

/* AMD, "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface Specification" (57230), chapter 3. */

/** IA5String such as `Milan-B0`; of a VLEK just `Milan`. */
export const PRODUCT_NAME = oid('1.3.6.1.4.1.3704.1.2');
export const BOOTLOADER_SVN = oid('1.3.6.1.4.1.3704.1.3.1');
export const TEE_SVN = oid('1.3.6.1.4.1.3704.1.3.2');
export const SNP_SVN = oid('1.3.6.1.4.1.3704.1.3.3');
export const MICROCODE_SVN = oid('1.3.6.1.4.1.3704.1.3.8');
/** Turin and later. */
export const FMC_SVN = oid('1.3.6.1.4.1.3704.1.3.9');
/** The chip's identifier: raw bytes in older certificates, an octet string in newer ones. */
export const CHIP_ID = oid('1.3.6.1.4.1.3704.1.4');
/** Of a VLEK: the cloud provider that holds the key. */
export const PROVIDER_ID = oid('1.3.6.1.4.1.3704.1.5');
