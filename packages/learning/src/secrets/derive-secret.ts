import { utf8 } from '@encryptech/base';

/** 32 secret bytes of a root for one purpose (HKDF-SHA-256, RFC 5869): no two labels' bytes say anything of each other. */
export async function deriveSecret(root: Uint8Array, label: string): Promise<Uint8Array<ArrayBuffer>> {
  const secret = await crypto.subtle.importKey('raw', root as Uint8Array<ArrayBuffer>, 'HKDF', false, ['deriveBits']);
  const info = utf8(label) as Uint8Array<ArrayBuffer>;
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    secret,
    256,
  );
  return new Uint8Array(bits);
}
