import { toHex } from '@encryptech/base';
import { derElement, derItems } from '../der/der-reader.ts';

const COMMON_NAME = '0x0603550403';

/**
 * The common name in the DER of an X.501 name, for lookups and words; empty where there is none. Trust is decided by the
 * name's bytes, never by this text.
 *
 * @throws `attestation.badCertificate`
 */
export function commonNameOf(name: Uint8Array): string {
  for (const set of derItems(derElement(name, 0x30), 0x30)) {
    for (const attribute of derItems(set, 0x31)) {
      const [type, value] = derItems(attribute, 0x30);
      if (type !== undefined && value !== undefined && toHex(type.raw) === COMMON_NAME)
        return new TextDecoder().decode(value.content);
    }
  }
  return '';
}
