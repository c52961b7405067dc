import { toHex, type Hex } from '@encryptech/base';
import type { SnpTcb } from '../claims.ts';
import { derContent, derElements } from '../der/der-reader.ts';
import { attestationError } from '../errors.ts';
import type { Certificate } from '../x509/certificate.ts';
import * as oids from './oids.ts';
import { SNP_PRODUCTS, type SnpProduct } from './products.ts';

/** What a VCEK's or VLEK's certificate says of the key (AMD 57230, chapter 3, extensions). */
export interface VekFacts {
  readonly product: SnpProduct;
  readonly tcb: SnpTcb;
  /** 64 bytes, on Turin 8; absent from a VLEK. */
  readonly chipId: Hex | undefined;
  /** Who holds a VLEK, such as `CN=cc-us-east-2.amazonaws.com`. */
  readonly provider: string | undefined;
}

/**
 * The facts in a VEK certificate's extensions.
 *
 * @throws `attestation.badCertificate`
 */
export function readVek({ extensions }: Certificate): VekFacts {
  const text = (oid: string): string | undefined => {
    const value = extensions.get(oid);
    if (value === undefined) return undefined;
    const [element] = derElements(value);
    // 0x0c UTF8String, 0x16 IA5String.
    return new TextDecoder().decode(derContent(element, element?.tag === 0x0c ? 0x0c : 0x16));
  };
  const name = text(oids.PRODUCT_NAME) ?? '';
  const product = SNP_PRODUCTS.find((known) => name === known || name.startsWith(`${known}-`));
  if (product === undefined) throw bad('names no product that is known');
  const svn = (oid: string): number => {
    const value = extensions.get(oid);
    if (value === undefined) throw bad('lacks a security version');
    const digits = derContent(derElements(value)[0], 0x02);
    if (digits.length < 1 || digits.length > 2 || digits[0]! >= 0x80 || (digits.length === 2 && digits[0] !== 0))
      throw bad('has a security version out of range');
    return digits.at(-1)!;
  };
  const rest = {
    bootloader: svn(oids.BOOTLOADER_SVN),
    tee: svn(oids.TEE_SVN),
    snp: svn(oids.SNP_SVN),
    microcode: svn(oids.MICROCODE_SVN),
  };
  return {
    product,
    tcb: product === 'Turin' ? { fmc: svn(oids.FMC_SVN), ...rest } : rest,
    chipId: chipId(extensions.get(oids.CHIP_ID), product === 'Turin' ? 8 : 64),
    provider: text(oids.PROVIDER_ID),
  };
}

function chipId(value: Uint8Array | undefined, length: number): Hex | undefined {
  if (value === undefined) return undefined;
  if (value.length === length) return toHex(value);
  const content = value[0] === 0x04 && value[1] === length ? value.subarray(2) : value;
  if (content.length !== length) throw bad('has a chip identifier of the wrong length');
  return toHex(content);
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badCertificate', message: `A VEK certificate ${message}.` });
