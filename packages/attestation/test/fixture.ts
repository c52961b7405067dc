import { isEncryptechError, type Hex } from '@encryptech/base';
import {
  createDevelopmentPki,
  createSoftwareAttester,
  encodeRuntimeData,
  noEndorsements,
  type AppraisalPolicy,
  type Challenge,
  type RuntimeData,
  type VerificationContext,
} from '../src/index.ts';

/** One byte, `length` times, as hex. */
export const repeat = (byte: number, length: number): Hex => `0x${byte.toString(16).padStart(2, '0').repeat(length)}`;

export const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
export const pki = createDevelopmentPki(seed);
export const platform = pki.platform('a');
export const measurement = new Uint8Array(48).fill(9);
export const now = new Date('2026-07-01T12:00:00Z');

export const runtimeData: RuntimeData = {
  version: 1,
  purpose: 'release',
  audience: { owner: repeat(0x11, 20), chainId: 31_337, contract: repeat(0x22, 20) },
  nonce: repeat(0x33, 32),
  job: repeat(0x44, 32),
  attempt: 0,
  dataset: repeat(0x55, 32),
  configuration: repeat(0x66, 32),
  hpkePublicKey: repeat(0x77, 32),
  signer: repeat(0x88, 20),
};
export const runtimeBytes = encodeRuntimeData(runtimeData);

export const challenge: Challenge = {
  purpose: 'release',
  audience: runtimeData.audience,
  nonce: runtimeData.nonce,
  job: runtimeData.job,
  attempt: 0,
  dataset: runtimeData.dataset,
  configuration: runtimeData.configuration,
  issuedAt: new Date('2026-07-01T11:58:00Z'),
  expiresAt: new Date('2026-07-01T12:03:00Z'),
};

export const policy: AppraisalPolicy = {
  version: 1,
  kinds: ['software'],
  measurements: [repeat(9, 48)],
  minLevel: 0,
  acceptedAdvisories: [],
  tcbGraceSec: 0,
  minEvaluationNumber: 17,
  collateralSoftAgeSec: 604_800,
  deniedDevices: [],
  registeredDevices: [],
  reproducibleMeasurements: [],
  insecureAllowDevelopment: true,
};

export const context: VerificationContext = {
  now,
  anchors: { vendor: {}, development: [pki.anchor] },
  endorsements: noEndorsements,
};

export const evidence = await createSoftwareAttester({ platform, measurement }).attest(runtimeBytes);

/** The code of the typed error that the action ends in, `ok` if it ends well; anything else passes through. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'ok';
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    return error.code;
  }
}

/** The bytes with one bit changed. */
export const flipped = (bytes: Uint8Array, at: number, bit = 1): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ bit : byte));
