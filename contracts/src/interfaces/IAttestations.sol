// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Attestation results that registered verifiers signed, and the security level that follows from them.
/// @notice A result counts while enough of its signers (the threshold) hold the role VERIFIER and are not ejected, none of its
/// measurement, device and policy is denied, its device is registered to no newer subject under the policy, and it has
/// not expired. A newer result of a subject replaces the older one. One verifier alone can lower a level, never raise it.
/// A verifier has a bond, which it loses when it contradicts itself. It can leave, and then signs nothing more; its bond follows
/// it after `BOND_UNBONDING`, longer than any result that it signed holds.
interface IAttestations {
    /// @notice What verifiers found. EIP-712 type in the domain ("Encryptech", "1", chain, this contract).
    /// @param subject the provider
    /// @param level security level, 0 to 3
    /// @param evidenceId digest of the signed evidence
    /// @param policyDigest digest of the appraisal policy; zero only at level 0
    /// @param measurement SHA-256 of the measurement of the code; zero only at level 0
    /// @param device hashed identifier of the machine; zero only at level 0
    /// @param issuedAt second of the appraisal
    /// @param expiresAt last second at which it counts
    struct AttestationResult {
        address subject;
        uint8 level;
        bytes32 evidenceId;
        bytes32 policyDigest;
        bytes32 measurement;
        bytes32 device;
        uint64 issuedAt;
        uint64 expiresAt;
    }

    /// @notice The newest result of a subject, as stored: of the device the first 12 bytes.
    /// @param signers a bit a seat, the lowest is seat 1
    struct Attestation {
        uint8 level;
        uint40 issuedAt;
        uint40 expiresAt;
        uint40 signers;
        bytes32 policyDigest;
        bytes32 measurement;
        bytes12 device;
    }

    /// @notice What can be denied. A verifier is listed by its address, the others by their 32 bytes.
    enum Listed {
        Measurement,
        Device,
        Policy,
        Verifier
    }

    /// @notice A result was recorded. `expiresAt` is when the record ends: for one that fewer signers than the threshold lowered
    /// no later than it did before.
    event AttestationRecorded(
        address indexed subject,
        uint8 level,
        bytes32 indexed evidenceId,
        bytes32 indexed policyDigest,
        bytes32 measurement,
        bytes32 device,
        uint64 issuedAt,
        uint64 expiresAt,
        uint40 signers
    );
    /// @notice A verifier signed its first recorded result, and has this number from now on.
    event VerifierSeated(address indexed verifier, uint8 seat);
    /// @notice A measurement, device, policy or verifier counts no more, or counts again.
    event ListChanged(Listed indexed kind, bytes32 indexed value, bool denied);
    /// @notice A verifier signed two results that can't both be true, and is ejected.
    event VerifierContradicted(address indexed verifier, bytes32 indexed evidenceId, address reporter);
    /// @notice From now on a result needs this many signers.
    event ThresholdSet(uint8 threshold);
    /// @notice A verifier raised its bond, or came back with it.
    event BondPosted(address indexed verifier, uint256 amount, uint256 bond);
    /// @notice A verifier leaves: its signature counts for no new result, and its bond is its own from that second on.
    event BondLeaving(address indexed verifier, uint256 availableAt);
    /// @notice A bond went back to its verifier.
    event BondWithdrawn(address indexed verifier, uint256 amount);
    /// @notice A verifier that contradicted itself lost its bond.
    event BondSlashed(address indexed verifier, address indexed reporter, uint256 toReporter, uint256 toTreasury);
    /// @notice From now on a verifier's signature counts for new results only above this bond.
    event LeastBondSet(uint256 leastBond);

    /// @notice The signer does not hold the role VERIFIER.
    error AttestationsUnknownVerifier(address signer);
    /// @notice The signer was ejected.
    error AttestationsVerifierEjected(address signer);
    /// @notice Signers do not ascend by address; so none signs twice.
    error AttestationsUnorderedSigners(address signer);
    /// @notice Signatures are not 1 to 16 times 65 bytes.
    error AttestationsBadSignatures(uint256 length);
    /// @notice Fewer signers than the threshold, and the result doesn't lower the recorded one under its own policy.
    error AttestationsTooFewSigners(uint256 signers, uint8 threshold);
    /// @notice The level is above 3.
    error AttestationsBadLevel(uint8 level);
    /// @notice The result is dated in the future, expired, or valid for longer than `MAX_VALIDITY`.
    error AttestationsBadTimes(uint64 issuedAt, uint64 expiresAt);
    /// @notice A result above level 0 names no measurement, device or policy.
    error AttestationsIncomplete();
    /// @notice The measurement, device or policy of the result is denied.
    error AttestationsDenied(Listed kind, bytes32 value);
    /// @notice A result as new as this one is on record.
    error AttestationsSuperseded(uint64 recordedIssuedAt);
    /// @notice A result as new as this one gave the device to another subject under the same policy.
    error AttestationsDeviceTaken(address holder);
    /// @notice All seats are taken: deploy a new version.
    error AttestationsNoSeat();
    /// @notice The threshold is not 1 to 16.
    error AttestationsBadThreshold(uint8 threshold);
    /// @notice The value is no address of a verifier, or a digest of zeros.
    error AttestationsBadListing(bytes32 value);
    /// @notice Both results can be true.
    error AttestationsNoContradiction();
    /// @notice The signer's bond is too small, or on its way out.
    error AttestationsUnbonded(address signer, uint256 bond, uint256 leastBond);
    /// @notice There is nothing to post, or no bond to take back.
    error AttestationsZeroAmount();
    /// @notice The bond leaves already, or was not asked for.
    error AttestationsBondState(uint256 availableAt);
    /// @notice The bond is still unbonding.
    error AttestationsStillUnbonding(uint256 availableAt);
    /// @notice Above `MAX_BOND`.
    error AttestationsBadBond(uint256 leastBond);

    /// @notice The longest validity of a result in seconds.
    function MAX_VALIDITY() external view returns (uint64);

    /// @notice Records a result. Anybody may submit it; the verifiers' signatures count, 65 bytes each, joined, in ascending
    /// order of their signers. Fewer signers than the threshold suffice for a newer and lower result under the policy of the
    /// recorded one: then the level falls, the time of the record moves on, it ends no later, and its signers stay.
    function record(AttestationResult calldata result, bytes calldata signatures) external;

    /// @notice Ejects a verifier that signed two results about one piece of evidence which can't both be true: they differ
    /// in subject, measurement or device, or in level or expiry under the same policy at the same time. Anybody may report
    /// it, at any time after; the verifier's results count no more from now on. Its whole bond is taken: `REPORTER_BPS` of it for the
    /// caller, the rest for the treasury.
    function contradict(
        AttestationResult calldata one,
        bytes calldata signatureOfOne,
        AttestationResult calldata other,
        bytes calldata signatureOfOther
    ) external;

    /// @notice Denies a measurement, device, policy or verifier. Results that rest on it count no more from now on.
    function deny(Listed kind, bytes32 value) external;

    /// @notice Takes a denial back. A verifier that contradicted itself can be ejected by the same proof again.
    function allow(Listed kind, bytes32 value) external;

    /// @notice Sets how many signers a result needs, 1 to 16; recorded results are measured by it too.
    function setThreshold(uint8 threshold_) external;

    /// @notice Raises the caller's own bond by ENC that it approved. A bond that was leaving stays; then the amount may be zero.
    function postBond(uint256 amount) external;

    /// @notice Begins the caller's exit: from now on it signs nothing that counts, and after `BOND_UNBONDING` the bond is free.
    function leaveBond() external;

    /// @notice Pays the caller's bond out.
    function withdrawBond() external;

    /// @notice Sets the bond that a signer of new results needs, at most `MAX_BOND`; recorded results stay. Role PARAMETERS.
    function setLeastBond(uint256 leastBond_) external;

    /// @notice The subject's level now: 0 when there is no result that counts.
    function levelOf(address subject) external view returns (uint8);

    /// @notice The newest result of a subject; zeros when there is none.
    function attestation(address subject) external view returns (Attestation memory);

    /// @notice Who signed the newest result of a subject, by seat; whether they still count or not.
    function signersOf(address subject) external view returns (address[] memory);

    /// @notice Who the device is registered to under the policy; zero when to nobody.
    function holderOf(bytes32 device, bytes32 policyDigest) external view returns (address);

    /// @notice True while a measurement, device, policy or verifier is denied.
    function isDenied(Listed kind, bytes32 value) external view returns (bool);

    /// @notice True for ever when a verifier was proven to have contradicted itself.
    function hasContradicted(address verifier) external view returns (bool);

    /// @notice True while what an account signs as a verifier counts: it holds VERIFIER, is not ejected, has the least bond and stays.
    function isInStanding(address verifier) external view returns (bool);

    /// @notice A verifier's bond in wei, and the second from which it may be withdrawn; 0 while it stays.
    function bondOf(address verifier) external view returns (uint256 amount, uint256 availableAt);

    /// @notice Wei of all bonds.
    function totalBonds() external view returns (uint256);

    /// @notice Wei that a signer's bond must have.
    function leastBond() external view returns (uint256);

    /// @notice The highest bond that can be asked for.
    function MAX_BOND() external view returns (uint256);

    /// @notice Seconds between leaving and the bond's return: `MAX_VALIDITY` and a week.
    function BOND_UNBONDING() external view returns (uint256);

    /// @notice The part of a lost bond that its reporter gets.
    function REPORTER_BPS() external view returns (uint256);

    /// @notice How many signers a result needs.
    function threshold() external view returns (uint8);

    /// @notice The EIP-712 digest that a verifier signs.
    function hashResult(AttestationResult calldata result) external view returns (bytes32);
}
