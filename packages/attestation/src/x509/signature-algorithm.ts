import { toHex } from '@encryptech/base';
import { derContent, derElement, derItems, type DerElement } from '../der/der-reader.ts';
import { badCertificate } from './bad-certificate.ts';

/**
 * The three ways in which vendors sign: ECDSA on P-256 with SHA-256 (Intel), ECDSA on P-384 with SHA-384 (AWS, AMD's
 * reports), RSASSA-PSS of 4096 bits with SHA-384, MGF1 with SHA-384 and 48 bytes of salt (AMD's certificates).
 */
export type SignatureAlgorithm = 'p256' | 'p384' | 'rsa-pss';

/** Algorithm identifiers byte for byte (RFC 5758 section 3.2, RFC 4055 section 3.1); AMD writes PSS's default trailer or not. */
const IDENTIFIERS: Readonly<Record<string, SignatureAlgorithm>> = {
  '0x300a06082a8648ce3d040302': 'p256',
  '0x300a06082a8648ce3d040303': 'p384',
  '0x304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130':
    'rsa-pss',
  '0x304606092a864886f70d01010a3039a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130a303020101':
    'rsa-pss',
};

/**
 * The algorithm that an identifier names.
 *
 * @throws `attestation.badCertificate` for any other
 */
export function signatureAlgorithm(element: DerElement | undefined): SignatureAlgorithm {
  const name = element === undefined ? '' : toHex(element.raw);
  const algorithm = Object.hasOwn(IDENTIFIERS, name) ? IDENTIFIERS[name] : undefined;
  if (algorithm === undefined) throw badCertificate('is not signed by an algorithm that is known here');
  return algorithm;
}

/**
 * The signature out of its bit string: r then s at full width for ECDSA, the number as it is for RSA.
 *
 * @throws `attestation.badCertificate`
 */
export function signatureBytes(element: DerElement | undefined, algorithm: SignatureAlgorithm): Uint8Array {
  const content = derContent(element, 0x03);
  if (content[0] !== 0) throw badCertificate('has a signature that is not whole bytes');
  const value = content.subarray(1);
  if (algorithm === 'rsa-pss') {
    if (value.length !== 512) throw badCertificate('has an RSA signature that is not of 4096 bits');
    return value;
  }
  return ecdsaSignature(value, algorithm === 'p256' ? 32 : 48);
}

function ecdsaSignature(value: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(2 * width);
  const items = derItems(derElement(value, 0x30), 0x30);
  if (items.length !== 2) throw badCertificate('has a signature of the wrong shape');
  items.forEach((item, i) => {
    const digits = derContent(item, 0x02);
    const padded = digits[0] === 0 && digits.length > 1;
    const shortest = digits.length > 0 && (padded ? digits[1]! >= 0x80 : digits[0]! < 0x80);
    const magnitude = padded ? digits.subarray(1) : digits;
    if (!shortest || magnitude.length > width) throw badCertificate('has a signature that is not DER');
    out.set(magnitude, width * (i + 1) - magnitude.length);
  });
  return out;
}
