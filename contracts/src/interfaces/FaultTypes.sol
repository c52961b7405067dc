// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

// What people sign about faults (EIP-712, domain "Encryptech" version "1" of the FaultEvidence contract).

/// @notice An auditor executed a job again in an enclave and compared.
/// @param jobId job
/// @param attempt attempt whose result was compared
/// @param resultDigest digest of the sealed result, as in the receipt
/// @param deviationMicro largest relative deviation found, in millionths
/// @param toleranceMicro deviation that honest hardware may show on this job, as the auditor recorded it
struct AuditFinding {
    bytes32 jobId;
    uint32 attempt;
    bytes32 resultDigest;
    uint64 deviationMicro;
    uint64 toleranceMicro;
}

/// @notice An auditor fetched the sealed result from its provider.
/// @param jobId job
/// @param resultDigest digest of what was fetched
/// @param fetchedAt second at which it was there
struct ServedFinding {
    bytes32 jobId;
    bytes32 resultDigest;
    uint64 fetchedAt;
}
