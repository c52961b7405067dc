import { createDevelopmentPki } from '@encryptech/attestation';
import { fromHex, isEncryptechError } from '@encryptech/base';
import { readPrivateFile } from '@encryptech/sdk/node';
import type { ProviderConfig } from '../config/provider-config.ts';
import type { StartBody } from '../enclave/enclave-pipe.ts';
import { measureEnclave } from '../enclave-measurement.ts';
import { providerError } from '../errors.ts';

/**
 * What this provider's enclaves attest with. Until hardware enclaves are supported that is a machine of a development PKI,
 * whose root the network file must name: owners of other networks would refuse it anyway.
 *
 * @throws `provider.noAttester`, `sdk.noFile`, `sdk.openPermissions`
 */
export async function openAttester({
  name,
  developmentPkiSeedFile: file,
  network,
}: Pick<ProviderConfig, 'name' | 'developmentPkiSeedFile' | 'network'>): Promise<StartBody['attester']> {
  if (file === undefined) {
    throw noAttester('The configuration names no way to attest.', 'Name a "developmentPkiSeedFile": 32 bytes as hex.');
  }
  const pki = createDevelopmentPki(seedOf(await readPrivateFile(file, 'seed of the development PKI'), file));
  if (network.developmentAnchor?.fingerprint !== pki.anchor.fingerprint) {
    throw noAttester(
      'The network does not accept evidence under this development root.',
      'Use the seed of this network. A production network accepts none: it needs hardware enclaves.',
    );
  }
  return {
    kind: 'software',
    platform: pki.platform(name),
    anchor: pki.anchor,
    measurement: fromHex(measureEnclave()),
  };
}

function seedOf(text: string, file: string): Uint8Array {
  try {
    return fromHex(text.trim(), 32);
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    throw noAttester('The seed of the development PKI is not 32 bytes of hex.', `Look into ${file}.`);
  }
}

const noAttester = (message: string, hint: string) =>
  providerError({ code: 'provider.noAttester', message, place: 'developmentPkiSeedFile', hint });
