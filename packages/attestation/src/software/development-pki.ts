import { digestOf, utf8 } from '@encryptech/base';
import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { attestationError } from '../errors.ts';
import type { Anchor } from '../verifier.ts';
import { writePemChain } from '../x509/pem-chain.ts';
import { writeSgxExtensions } from '../x509/sgx-extensions.ts';
import {
  writeDevelopmentCollateral,
  type DevelopmentCollateral,
  type DevelopmentCollateralOptions,
} from './development-collateral.ts';
import { DEVELOPMENT_NAMES } from './development-names.ts';
import { writeCertificate } from './write-certificate.ts';

const LABEL = utf8('encryptech/development-pki/v1');
const VALIDITY = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') };
const { root: ROOT_NAME, pck: PCK_NAME, tcbSigner: TCB_SIGNER_NAME } = DEVELOPMENT_NAMES;
const [PLATFORM_CA_NAME] = DEVELOPMENT_NAMES.platformAuthorities;

/** What one simulated machine signs with. Everything here can be made by whoever knows the seed: it protects nothing. */
export interface SoftwarePlatform {
  /** PCK certificate, platform CA and root, in PEM. */
  readonly certificateChain: string;
  /** P-256 secret of the PCK certificate: signs the quoting enclave's report. */
  readonly pckKey: Uint8Array;
  /** P-256 secret of the simulated quoting enclave: signs quotes. */
  readonly attestationKey: Uint8Array;
}

/** A certificate hierarchy like Intel's, for software enclaves. */
export interface DevelopmentPki {
  /** The root, as `TrustAnchors.development` takes it. */
  readonly anchor: Required<Anchor>;
  /** The signing material of a simulated machine; each name is another machine. */
  platform(device: string): SoftwarePlatform;
  /** What this hierarchy's vendor publishes at a time: good, revoked, out of date, about to expire, as asked for. */
  collateral(options: DevelopmentCollateralOptions): DevelopmentCollateral;
}

/**
 * The development hierarchy of a seed of 32 bytes: keys by HKDF-SHA256, certificates with fixed dates (2024 to 2049) and
 * deterministic signatures, so that one seed gives one root on every machine. Evidence under it has level 0, always.
 *
 * @throws `attestation.badArgument`
 */
export function createDevelopmentPki(seed: Uint8Array): DevelopmentPki {
  if (seed.length !== 32) {
    throw attestationError({
      code: 'attestation.badArgument',
      message: `The seed of a development hierarchy must be 32 bytes, not ${seed.length}.`,
    });
  }
  const derive = (label: string, length: number) => hkdf(sha256, seed, LABEL, utf8(label), length);
  // 48 bytes leave no bias after reduction (FIPS 186-5, A.2.1).
  const key = (label: string) => p256.utils.randomSecretKey(derive(label, 48));
  const [rootKey, caKey, tcbSignerKey] = [key('root'), key('platform-ca'), key('tcb-signing')];
  const serialOf = (device: string) => derive(`serial/${device}`, 16);
  const issue = (index: number, subject: string, issuer: string, secret: Uint8Array, issuerKey: Uint8Array) =>
    writeCertificate({
      serial: Uint8Array.of(index),
      subject,
      publicKey: p256.getPublicKey(secret, false),
      issuer,
      issuerKey,
      ...VALIDITY,
      pathLength: 2 - index,
    });
  const root = issue(1, ROOT_NAME, ROOT_NAME, rootKey, rootKey);
  const platformCa = issue(2, PLATFORM_CA_NAME, ROOT_NAME, caKey, rootKey);
  const tcbSigner = writeCertificate({
    serial: Uint8Array.of(3),
    subject: TCB_SIGNER_NAME,
    publicKey: p256.getPublicKey(tcbSignerKey, false),
    issuer: ROOT_NAME,
    issuerKey: rootKey,
    ...VALIDITY,
  });
  return {
    anchor: { fingerprint: digestOf(root), certificate: root },
    platform(device) {
      const pckKey = key(`pck/${device}`);
      const pck = writeCertificate({
        serial: serialOf(device),
        subject: PCK_NAME,
        publicKey: p256.getPublicKey(pckKey, false),
        issuer: PLATFORM_CA_NAME,
        issuerKey: caKey,
        ...VALIDITY,
        sgxExtensions: writeSgxExtensions({
          ppid: derive(`ppid/${device}`, 16),
          cpuSvn: new Uint8Array(16),
          pceSvn: 0,
          componentSvns: Array<number>(16).fill(0),
          pceId: new Uint8Array(2),
          fmspc: new Uint8Array(6),
        }),
      });
      return {
        certificateChain: writePemChain([pck, platformCa, root]),
        pckKey,
        attestationKey: key(`attestation-key/${device}`),
      };
    },
    collateral: (options) =>
      writeDevelopmentCollateral(options, {
        rootKey,
        platformAuthorityKey: caKey,
        tcbSignerKey,
        tcbSigner,
        root,
        serialOf,
        platformAuthoritySerial: Uint8Array.of(2),
        tcbSignerSerial: Uint8Array.of(3),
      }),
  };
}
