import { relative } from 'node:path';
import type { ProviderConfigInput } from '@encryptech/provider';
import type { Home } from '../home/home.ts';
import type { Person } from './person.ts';

/** Largest job that a new provider's offers take on: a million units, six hours. */
const MOST_UNITS = 10n ** 12n;
const LONGEST_JOB_SEC = 6 * 3600;

/** The configuration of a provider's daemon, to lie as `config.json` in the provider's folder; paths are relative to that. */
export function providerConfigOf(
  home: Home,
  { name, dir }: Pick<Person, 'name' | 'dir'>,
  {
    publicUrl,
    ask,
    speed,
    listen,
    files,
  }: {
    publicUrl: string;
    /** Wei a unit. */
    ask: bigint;
    /** Micro-units a second. */
    speed: bigint;
    listen: { host: string; port: number };
    /** Absolute paths of what the daemon reads beside its key store. */
    files: { passphraseFile?: string; developmentPkiSeedFile?: string };
  },
): ProviderConfigInput {
  const from = (path: string): string => relative(dir, path);
  return {
    ...{ name, dir: '.', networkFile: from(home.networkFile), listen, publicUrl },
    ...{ ask: String(ask), speed: String(speed), maxUnits: String(MOST_UNITS), maxDurationSec: LONGEST_JOB_SEC },
    keystore: 'keystore.json',
    ...Object.fromEntries(Object.entries(files).map(([key, path]) => [key, from(path)])),
  };
}
