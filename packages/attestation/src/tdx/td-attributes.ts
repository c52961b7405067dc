/** TDATTRIBUTES of a trust domain (Intel TDX Module Base Architecture Specification, "TD_ATTRIBUTES"), by name. */
export interface TdAttributes {
  /** Any bit of the group "TD under debug" (bits 0 to 7): the operator may read the memory. */
  readonly debug: boolean;
  /** Bit 28: the host can't inject #VE by taking pages away. */
  readonly septVeDisable: boolean;
  /** Bit 29: the TD may be migrated, under a service TD's control. */
  readonly migratable: boolean;
  /** Bit 30: supervisor protection keys. */
  readonly pks: boolean;
  /** Bit 31: key locker. */
  readonly kl: boolean;
  /** Bit 63: performance counters. */
  readonly perfmon: boolean;
  /** A bit that the specification reserves: what it would mean is not known. */
  readonly reservedAttributes: boolean;
}

export const TD_SEPT_VE_DISABLE = { byte: 3, bit: 0x10 };

/** Bits 27 (LASS), 28 to 31, 62 (TPA) and 63 are defined; 0 to 7 are the debug group. */
const DEFINED = [0xff, 0x00, 0x00, 0xf8, 0x00, 0x00, 0x00, 0xc0];

/** The attributes of 8 bytes of TDATTRIBUTES. */
export function readTdAttributes(bytes: Uint8Array): TdAttributes {
  const has = (byte: number, bit: number) => (bytes[byte]! & bit) !== 0;
  return {
    debug: has(0, 0xff),
    septVeDisable: has(TD_SEPT_VE_DISABLE.byte, TD_SEPT_VE_DISABLE.bit),
    migratable: has(3, 0x20),
    pks: has(3, 0x40),
    kl: has(3, 0x80),
    perfmon: has(7, 0x80),
    reservedAttributes: DEFINED.some((mask, byte) => has(byte, ~mask & 0xff)),
  };
}
