import { toHex } from '@encryptech/base';
import { derContent, derElement, derItems } from '../der/der-reader.ts';
import { badCertificate } from './bad-certificate.ts';

/**
 * The values of X.509 extensions by the hex of their identifier's DER; each identifier once, and none critical that isn't
 * understood (RFC 5280 sections 4.2 and 5.2).
 *
 * @throws `attestation.badCertificate`
 */
export function readExtensions(content: Uint8Array, understood: readonly string[]): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const extension of derItems(derElement(content, 0x30), 0x30)) {
    const parts = derItems(extension, 0x30);
    const [oid, second] = parts;
    derContent(oid, 0x06);
    const critical = second?.tag === 0x01;
    if (critical && toHex(second.content) !== '0xff') throw badCertificate('has a flag that is not DER');
    if (parts.length !== (critical ? 3 : 2)) throw badCertificate('has an extension of the wrong shape');
    const name = toHex(oid!.raw);
    if (found.has(name)) throw badCertificate('has an extension twice');
    if (critical && !understood.includes(name)) throw badCertificate('has a critical extension that is not understood');
    found.set(name, derContent(parts.at(-1), 0x04));
  }
  return found;
}
