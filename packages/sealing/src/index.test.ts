import { expect, test } from 'vitest';
import * as sealing from './index.ts';

test('exports these names', () => {
  expect(Object.keys(sealing).sort()).toEqual([
    'ENVELOPE_KEMS',
    'decryptFile',
    'decryptKeystore',
    'decryptStream',
    'deriveCheckpointKey',
    'deriveDataKey',
    'deriveKey',
    'deriveRandomnessRoot',
    'encryptFile',
    'encryptKeystore',
    'encryptStream',
    'encryptedLength',
    'envelopeKemOf',
    'envelopePublicKey',
    'generateEnvelopeKeyPair',
    'generateKemKeyPair',
    'kemPublicKey',
    'openEnvelope',
    'parseKeystore',
    'sealEnvelope',
  ]);
});
