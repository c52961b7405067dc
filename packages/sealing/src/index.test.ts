import { expect, test } from 'vitest';
import * as sealing from './index.ts';

test('exports these names', () => {
  expect(Object.keys(sealing).sort()).toEqual([
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
    'envelopePublicKey',
    'generateEnvelopeKeyPair',
    'openEnvelope',
    'parseKeystore',
    'sealEnvelope',
  ]);
});
