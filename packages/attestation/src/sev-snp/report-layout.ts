/*
 * AMD 56860, "SEV Secure Nested Paging Firmware ABI Specification", revision 1.58, section 7.3, table 23 (ATTESTATION_REPORT;
 * 21 or 22 in older revisions). Integers are little-endian. `since` is the first version of the report that has the field; before, the bytes are reserved.
 */

export const REPORT_BYTES = 1_184;
/** Everything before the signature. */
export const SIGNED_BYTES = 0x2a0;
/** r, then s, each in 72 little-endian bytes; the rest of the 512 is zero. */
export const SIGNATURE_PART_BYTES = 72;
export const ECDSA_P384_SHA384 = 1;

export const REPORT = {
  version: [0x000, 4],
  guestSvn: [0x004, 4],
  policy: [0x008, 8],
  familyId: [0x010, 16],
  imageId: [0x020, 16],
  vmpl: [0x030, 4],
  signatureAlgorithm: [0x034, 4],
  currentTcb: [0x038, 8],
  platformInfo: [0x040, 8],
  keyInfo: [0x048, 4],
  reportData: [0x050, 64],
  measurement: [0x090, 48],
  hostData: [0x0c0, 32],
  idKeyDigest: [0x0e0, 48],
  authorKeyDigest: [0x110, 48],
  reportId: [0x140, 32],
  reportIdMa: [0x160, 32],
  reportedTcb: [0x180, 8],
  cpuidFamily: [0x188, 1],
  cpuidModel: [0x189, 1],
  chipId: [0x1a0, 64],
  committedTcb: [0x1e0, 8],
  launchTcb: [0x1f0, 8],
} as const satisfies Record<string, readonly [offset: number, length: number]>;

export type ReportField = keyof typeof REPORT;

/** Bytes that must be zero: offset, length, and the first version in which they no longer have to be. */
export const RESERVED: readonly (readonly [offset: number, length: number, until: number])[] = [
  [0x04c, 4, Infinity],
  [0x188, 3, 3],
  [0x18b, 21, Infinity],
  [0x1eb, 1, Infinity],
  [0x1ef, 1, Infinity],
  // Launch and current mitigation vectors.
  [0x1f8, 16, 5],
  [0x208, 152, Infinity],
];

/** The guest's policy (GUEST_POLICY). */
export const POLICY = { smt: 16n, reservedOne: 17n, migrationAgent: 18n, debug: 19n, singleSocket: 20n } as const;
/** PLATFORM_INFO. */
export const PLATFORM = { smt: 0n, tsme: 1n, ecc: 2n, raplDisabled: 3n, ciphertextHiding: 4n, aliasCheck: 5n } as const;
/** The word that says whose key signs: bit 0 author key, bit 1 masked chip key, bits 2 to 4 the signing key. */
export const KEY_INFO = { authorKey: 0x01, maskedChipKey: 0x02, signingKeyShift: 2, signingKeyMask: 0x07 } as const;
