import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import { XWing } from '@hpke/hybridkem-x-wing';
import type { EnvelopeKem } from './envelope-kem.ts';

const suiteOf = (kem: DhkemX25519HkdfSha256 | XWing): CipherSuite =>
  new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** RFC 9180 base mode with HKDF-SHA256 0x0001, AES-256-GCM 0x0002 and the KEM of that name. */
export const hpkeSuites: { readonly [Kem in EnvelopeKem]: CipherSuite } = {
  x25519: suiteOf(new DhkemX25519HkdfSha256()),
  'x-wing': suiteOf(new XWing()),
};
