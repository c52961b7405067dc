/**
 * Every reason that an appraisal can give, in the order in which they are given. `deny` refuses the evidence whatever else
 * it has; a `limit` only says why the level isn't higher.
 */
export const REASONS = {
  'malformed-input': { effect: 'deny', text: 'Claims, policy or challenge are not what they should be.' },
  'binding-mismatch': { effect: 'deny', text: 'The report data is not the hash of the runtime data.' },
  'purpose-mismatch': { effect: 'deny', text: 'The evidence was made for another purpose.' },
  'audience-mismatch': { effect: 'deny', text: 'The evidence was made for another owner, chain or contract.' },
  'nonce-mismatch': { effect: 'deny', text: 'The evidence answers another challenge.' },
  'job-mismatch': { effect: 'deny', text: 'The evidence was made for another job.' },
  'attempt-mismatch': { effect: 'deny', text: 'The evidence was made for another attempt at the job.' },
  'dataset-mismatch': { effect: 'deny', text: 'The evidence was made for another dataset.' },
  'configuration-mismatch': { effect: 'deny', text: 'The enclave was told to do something else.' },
  'signer-mismatch': { effect: 'deny', text: 'The evidence is for another signing key than the registered one.' },
  'kem-mismatch': { effect: 'deny', text: 'The enclave’s key is of another KEM than was asked for.' },
  'challenge-not-yet-valid': { effect: 'deny', text: 'The challenge was issued in the future.' },
  'challenge-expired': { effect: 'deny', text: 'The answer came after the challenge had expired.' },
  'evidence-not-yet-valid': { effect: 'deny', text: 'The certificates of the evidence are not valid yet.' },
  'evidence-expired': { effect: 'deny', text: 'The certificates or documents of the evidence have expired.' },
  debug: { effect: 'deny', text: 'The enclave is in debug mode: its operator can read its memory.' },
  'privileged-attributes': { effect: 'deny', text: 'The enclave has attributes that only platform enclaves may have.' },
  'migration-agent': { effect: 'deny', text: 'A migration agent may take the enclave’s memory to another machine.' },
  'smt-mismatch': {
    effect: 'deny',
    text: 'The guest forbids simultaneous multithreading, and the platform has it on.',
  },
  'masked-chip-key': { effect: 'deny', text: 'The platform hides its chip key, so that nothing signs its reports.' },
  vmpl: { effect: 'deny', text: 'The report was asked for at a less privileged level than 0.' },
  'nothing-bound': { effect: 'deny', text: 'The document binds nothing: neither user data nor a nonce or key.' },
  'kind-not-allowed': { effect: 'deny', text: 'The policy does not accept this kind of evidence.' },
  'development-not-allowed': { effect: 'deny', text: 'The policy does not accept software enclaves.' },
  'measurement-not-allowed': { effect: 'deny', text: 'The policy does not list the code that runs in the enclave.' },
  'device-denied': { effect: 'deny', text: 'The policy excludes this machine.' },
  'device-unknown': {
    effect: 'deny',
    text: 'The policy excludes machines, and the evidence does not say which one it comes from.',
  },
  'service-td': { effect: 'deny', text: 'A service TD may change the identity of the enclave.' },
  'sept-ve-enabled': { effect: 'deny', text: 'The host can inject exceptions into the enclave.' },
  'tcb-revoked': { effect: 'deny', text: "The vendor has revoked the platform's TCB." },
  'tcb-not-supported': { effect: 'deny', text: "The vendor does not know the platform's TCB." },
  'tcb-out-of-date': { effect: 'deny', text: 'The platform has been out of date for longer than the grace time.' },
  'evaluation-number-too-low': {
    effect: 'deny',
    text: 'The evidence was judged by an older edition of TCB information than allowed.',
  },
  'level-too-low': { effect: 'deny', text: 'The evidence does not reach the level that the policy asks for.' },
  'development-anchor': { effect: 'limit', text: 'A software enclave under a development root: level 0.' },
  'unknown-anchor': { effect: 'limit', text: 'The evidence does not end at a vendor’s root: level 0.' },
  'tcb-in-grace': { effect: 'limit', text: 'The platform is out of date, within the grace time: at most level 1.' },
  'tcb-configuration-needed': {
    effect: 'limit',
    text: 'The platform’s configuration is weaker than it could be: at most level 1.',
  },
  'tcb-relaunch-advised': { effect: 'limit', text: 'The enclave was launched on an older TCB: at most level 1.' },
  'advisories-not-accepted': {
    effect: 'limit',
    text: 'Advisories apply that the policy does not accept: at most level 1.',
  },
  'revocation-unknown': { effect: 'limit', text: 'Revocation could not be checked: at most level 1.' },
  'collateral-stale': { effect: 'limit', text: 'The vendor’s documents are old: at most level 1.' },
  vlek: { effect: 'limit', text: 'The report is signed by a key that a cloud provider holds: at most level 1.' },
  'snp-milan': { effect: 'limit', text: 'Milan processors can be forged by software: at most level 1.' },
  'snp-report-v2': { effect: 'limit', text: 'A version 2 report does not name its processor: at most level 1.' },
  'snp-minimum-unset': {
    effect: 'limit',
    text: 'The policy sets no minimum TCB for this processor: at most level 1.',
  },
  'snp-below-minimum': {
    effect: 'limit',
    text: 'The platform’s TCB is below the policy’s minimum: at most level 1.',
  },
  'snp-alias-check': {
    effect: 'limit',
    text: 'The platform has not checked its memory for aliases (BadRAM): at most level 1.',
  },
  'place-not-proven': { effect: 'limit', text: 'Nothing independent proves where the machine is: at most level 2.' },
  'build-not-reproducible': { effect: 'limit', text: 'The code can’t be rebuilt from source: at most level 2.' },
} as const satisfies Record<string, { effect: 'deny' | 'limit'; text: string }>;

export type ReasonCode = keyof typeof REASONS;

/** The sentence that explains a reason. */
export const describeReason = (code: ReasonCode): string => REASONS[code].text;
