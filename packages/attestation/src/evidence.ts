/** What made the evidence. `software` is an ordinary process under a development root: it proves nothing about hardware. */
export type TeeKind = 'tdx' | 'sgx' | 'sev-snp' | 'nitro' | 'software';

/** All kinds, in a fixed order. */
export const TEE_KINDS: readonly TeeKind[] = ['tdx', 'sgx', 'sev-snp', 'nitro', 'software'];

/** RFC 9334's Evidence: what an enclave says about itself, signed below the operator's reach. */
export interface Evidence {
  readonly kind: TeeKind;
  /** The quote, report or document, as the hardware's format has it. */
  readonly body: Uint8Array;
  /** The canonical CBOR that the body's report data is the hash of. */
  readonly runtimeData: Uint8Array;
  /** Certificates in DER that came along, such as AMD's VEK. Untrusted: each must chain to a pinned root. */
  readonly certificates?: readonly Uint8Array[];
  /** The TDX event log that the RTMRs are the hash chain of. Untrusted: replayed against them. */
  readonly eventLog?: Uint8Array;
}

/** RFC 9334's Attester: runs inside the enclave. */
export interface Attester {
  readonly kind: TeeKind;
  /** Evidence whose report data binds these bytes of runtime data. */
  attest(runtimeData: Uint8Array): Promise<Evidence>;
}
