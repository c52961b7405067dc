/** So many bytes that grow from a key of 32 (AES-256 in counter mode): the same key gives the same ones. */
export async function secretBytes(key: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const cipher = await crypto.subtle.importKey('raw', key, 'AES-CTR', false, ['encrypt']);
  const counter = new Uint8Array(16);
  const zeros = new Uint8Array(length);
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CTR', counter, length: 64 }, cipher, zeros));
}
