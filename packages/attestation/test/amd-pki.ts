import { digestOf } from '@encryptech/base';
import { p384 } from '@noble/curves/nist.js';
import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import * as der from '../src/der/der-writer.ts';
import type { Anchor } from '../src/verifier.ts';

export interface AmdKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface AmdKeys {
  readonly ark: AmdKey;
  readonly ask: AmdKey;
}

/** 4096 bits, as AMD's: made anew for each run, since a key in a repository is no secret. */
export const makeAmdKey = (): AmdKey => generateKeyPairSync('rsa', { modulusLength: 4_096 });
export const makeAmdKeys = (): AmdKeys => ({ ark: makeAmdKey(), ask: makeAmdKey() });

export const AMD_TIME = new Date('2026-07-01T12:00:00Z');
export const VEK_SECRET = new Uint8Array(48).fill(6);
const SHA384 = der.derSequence(der.derOid('2.16.840.1.101.3.4.2.2'), der.der(0x05));
const PSS = der.derSequence(
  der.derOid('1.2.840.113549.1.1.10'),
  der.derSequence(
    der.derExplicit(0, SHA384),
    der.derExplicit(1, der.derSequence(der.derOid('1.2.840.113549.1.1.8'), SHA384)),
    der.derExplicit(2, der.derInteger(Uint8Array.of(48))),
  ),
);
const EC_P384 = der.derSequence(der.derOid('1.2.840.10045.2.1'), der.derOid('1.3.132.0.34'));
const NOT_BEFORE = new Date('2025-01-01T00:00:00Z');
const NOT_AFTER = new Date('2045-01-01T00:00:00Z');

const name = (commonName: string): Uint8Array =>
  der.derSequence(der.derSet(der.derSequence(der.derOid('2.5.4.3'), der.derText(commonName))));
const signPss = (bytes: Uint8Array, key: KeyObject): Uint8Array =>
  new Uint8Array(sign('sha384', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }));
const sealed = (tbs: Uint8Array, key: KeyObject): Uint8Array =>
  der.derSequence(tbs, PSS, der.derBits(signPss(tbs, key)));

interface CertificateFacts {
  readonly serial: number;
  readonly subject: string;
  readonly issuer: string;
  readonly spki: Uint8Array;
  readonly key: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

const certificate = ({ serial, subject, issuer, spki, key, extensions }: CertificateFacts): Uint8Array =>
  sealed(
    der.derSequence(
      der.derExplicit(0, der.derInteger(Uint8Array.of(2))),
      der.derInteger(Uint8Array.of(serial)),
      PSS,
      name(issuer),
      der.derSequence(der.derUtcTime(NOT_BEFORE), der.derUtcTime(NOT_AFTER)),
      name(subject),
      spki,
      der.derExplicit(3, der.derSequence(...extensions)),
    ),
    key,
  );

const extension = (oid: string, value: Uint8Array): Uint8Array =>
  der.derSequence(der.derOid(oid), der.derOctets(value));
const authority = (usage: number): Uint8Array[] => [
  extension('2.5.29.19', der.derSequence(der.derTrue())),
  extension('2.5.29.15', der.derBits(Uint8Array.of(usage), 1)),
];
const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ type: 'spki', format: 'der' }));

export const ARK_SERIAL = 1;
export const ASK_SERIAL = 2;

export interface VekOptions {
  readonly product?: 'Milan' | 'Genoa' | 'Turin';
  readonly kind?: 'VCEK' | 'VLEK';
  readonly tcb?: readonly [bootloader: number, tee: number, snp: number, microcode: number, fmc?: number];
  readonly chipId?: Uint8Array | null;
}

export interface AmdChain {
  readonly vek: Uint8Array;
  readonly ask: Uint8Array;
  readonly ark: Uint8Array;
  readonly anchor: Anchor;
}

const made = new WeakMap<AmdKeys, Map<string, AmdChain>>();

/** VEK, ASK or ASVK, and ARK in DER, and the ARK as an anchor; made once, since PSS signs the same bytes differently. */
export function amdChain(keys: AmdKeys, options: VekOptions = {}): AmdChain {
  const chains = made.get(keys) ?? new Map<string, AmdChain>();
  made.set(keys, chains);
  const name = JSON.stringify(options, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
  const chain = chains.get(name) ?? makeChain(keys, options);
  chains.set(name, chain);
  return chain;
}

function makeChain(
  keys: AmdKeys,
  { product = 'Genoa', kind = 'VCEK', tcb = [10, 0, 23, 84, 1], chipId }: VekOptions,
): AmdChain {
  const [root, intermediate] = [`ARK-${product}`, kind === 'VLEK' ? `SEV-VLEK-${product}` : `SEV-${product}`];
  const ark = certificate({
    serial: ARK_SERIAL,
    subject: root,
    issuer: root,
    spki: spkiOf(keys.ark.publicKey),
    key: keys.ark.privateKey,
    extensions: authority(0x06),
  });
  const ask = certificate({
    serial: ASK_SERIAL,
    subject: intermediate,
    issuer: root,
    spki: spkiOf(keys.ask.publicKey),
    key: keys.ark.privateKey,
    extensions: authority(0x04),
  });
  const svn = (index: number, value: number) =>
    extension(`1.3.6.1.4.1.3704.1.3.${index}`, der.derInteger(Uint8Array.of(value)));
  const [bootloader, tee, snp, microcode, fmc = 0] = tcb;
  const id = chipId === undefined ? (kind === 'VLEK' ? null : CHIP_ID[product]) : chipId;
  const vek = certificate({
    serial: 0,
    subject: `SEV-${kind}`,
    issuer: intermediate,
    spki: der.derSequence(EC_P384, der.derBits(p384.getPublicKey(VEK_SECRET, false))),
    key: keys.ask.privateKey,
    extensions: [
      extension('1.3.6.1.4.1.3704.1.2', der.der(0x16, new TextEncoder().encode(product))),
      svn(1, bootloader),
      svn(2, tee),
      svn(3, snp),
      svn(8, microcode),
      ...(product === 'Turin' ? [svn(9, fmc)] : []),
      ...(id === null ? [] : [extension('1.3.6.1.4.1.3704.1.4', der.derOctets(id))]),
    ],
  });
  return { vek, ask, ark, anchor: { fingerprint: digestOf(ark) } };
}

export const CHIP_ID = {
  Milan: new Uint8Array(64).fill(0xc1),
  Genoa: new Uint8Array(64).fill(0xc2),
  Turin: new Uint8Array(8).fill(0xc3),
};

export interface CrlOptions {
  readonly issuer?: string;
  readonly key?: KeyObject;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  readonly serials?: readonly number[];
}

/** A revocation list as AMD's key distribution service would give it out. */
export function amdCrl(keys: AmdKeys, options: CrlOptions = {}): Uint8Array {
  const { issuer = 'ARK-Genoa', key = keys.ark.privateKey, serials = [] } = options;
  const thisUpdate = options.thisUpdate ?? new Date('2026-06-30T00:00:00Z');
  const nextUpdate = options.nextUpdate ?? new Date('2026-07-30T00:00:00Z');
  const entries = serials.map((serial) =>
    der.derSequence(der.derInteger(Uint8Array.of(serial)), der.derUtcTime(NOT_BEFORE)),
  );
  const tbs = der.derSequence(
    der.derInteger(Uint8Array.of(1)),
    PSS,
    name(issuer),
    der.derUtcTime(thisUpdate),
    der.derUtcTime(nextUpdate),
    ...(entries.length === 0 ? [] : [der.derSequence(...entries)]),
    der.derExplicit(0, der.derSequence(extension('2.5.29.20', der.derInteger(Uint8Array.of(1))))),
  );
  return sealed(tbs, key);
}

export interface ReportOptions {
  readonly version?: number;
  readonly product?: 'Milan' | 'Genoa' | 'Turin';
  readonly kind?: 'VCEK' | 'VLEK';
  /** Bytes to write at offsets, before signing. */
  readonly patch?: Readonly<Record<number, Uint8Array | readonly number[]>>;
  readonly secret?: Uint8Array;
}

const CPUID = { Milan: [0x19, 0x01, 1], Genoa: [0x19, 0x11, 1], Turin: [0x1a, 0x02, 1] };

/** A report signed by the test VEK. */
export function snpReport(options: ReportOptions = {}): Uint8Array {
  const { version = 3, product = 'Genoa', kind = 'VCEK', patch = {}, secret = VEK_SECRET } = options;
  const report = new Uint8Array(1_184);
  const put = (at: number, bytes: Uint8Array | readonly number[]) => report.set(bytes, at);
  const tcb = product === 'Turin' ? [1, 10, 0, 23, 0, 0, 0, 84] : [10, 0, 0, 0, 0, 0, 23, 84];
  put(0x000, [version]);
  put(0x008, [0, 0, 0x03]);
  put(0x034, [1]);
  for (const at of [0x038, 0x180, 0x1e0, 0x1f0]) put(at, tcb);
  // Simultaneous multithreading on, alias check complete.
  put(0x040, [0x21]);
  put(0x048, [kind === 'VLEK' ? 0x04 : 0]);
  put(0x050, new Uint8Array(64).fill(0x5d));
  put(0x090, new Uint8Array(48).fill(0x90));
  if (version >= 3) put(0x188, CPUID[product]);
  if (kind === 'VCEK') put(0x1a0, CHIP_ID[product]);
  for (const [at, bytes] of Object.entries(patch)) put(Number(at), bytes);
  const signature = p384.sign(report.slice(0, 0x2a0), secret, { lowS: false });
  put(0x2a0, signature.slice(0, 48).reverse());
  put(0x2a0 + 72, signature.slice(48).reverse());
  return report;
}
