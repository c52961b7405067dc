import type { TrustAnchors } from './verifier.ts';

const INTEL_SGX_ROOT_CA = {
  fingerprint: '0x44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3',
} as const;

/**
 * The vendors' real roots, pinned by SHA-256: Intel's SGX Root CA (TDX and SGX), AMD's ARK of Milan, Genoa and Turin, and
 * AWS's Nitro Enclaves Root G1. Each can be compared with what the vendor publishes.
 */
export const vendorAnchors: TrustAnchors['vendor'] = {
  tdx: [INTEL_SGX_ROOT_CA],
  sgx: [INTEL_SGX_ROOT_CA],
  'sev-snp': [
    { fingerprint: '0x69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd' },
    { fingerprint: '0x4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1' },
    { fingerprint: '0x1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a' },
  ],
  nitro: [{ fingerprint: '0x641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b' }],
};
