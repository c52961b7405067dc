/** ATTRIBUTES of an SGX enclave (Intel SDM volume 3D, section 36.7.1), by name. */
export interface SgxAttributes {
  /** Bit 1: the operator may read the memory. */
  readonly debug: boolean;
  /** Bit 2. */
  readonly mode64: boolean;
  /** Bit 4: may get the provisioning key, which names the platform. */
  readonly provisionKey: boolean;
  /** Bit 5: may launch other enclaves. */
  readonly einitTokenKey: boolean;
}

/** The attributes of the first bytes of ATTRIBUTES. */
export function readSgxAttributes(bytes: Uint8Array): SgxAttributes {
  const has = (bit: number) => (bytes[0]! & bit) !== 0;
  return { debug: has(0x02), mode64: has(0x04), provisionKey: has(0x10), einitTokenKey: has(0x20) };
}
