// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title How much the active providers can compute, as verifiers measured it, and whether they answer.
/// @notice A verifier signs what a benchmark at a random moment gave; anybody submits it. It counts from the next epoch until it is
/// replaced, runs out, or the provider leaves. The snapshot of an epoch never changes once it began.
/// Availability: an epoch has `SLOTS` slots. A monitor (role MATCHER or VERIFIER) challenges providers off chain at random
/// times and posts once an epoch who answered in which slots; a provider that is not asked beats itself, in the present slot only.
interface ICapacity {
    /// @notice A measurement, signed (EIP-712, domain "Encryptech" version "1" of this contract) by a holder of VERIFIER.
    /// @param provider who was measured
    /// @param speed micro-units of work a second
    /// @param evidence digest of the measurement's record
    /// @param issuedAt second of the measurement; must be later than that of the proof on record
    /// @param expiresAt last second at which it holds, at most `MAX_VALIDITY` later
    struct CapacityProof {
        address provider;
        uint64 speed;
        bytes32 evidence;
        uint64 issuedAt;
        uint64 expiresAt;
    }

    /// @notice The proof on record.
    /// @param speed micro-units of work a second
    /// @param issuedAt second of the measurement
    /// @param expiresAt last second at which it holds
    struct Proof {
        uint64 speed;
        uint64 issuedAt;
        uint64 expiresAt;
    }

    /// @notice A measurement came on record.
    event ProofRecorded(
        address indexed provider,
        address indexed verifier,
        uint64 speed,
        bytes32 evidence,
        uint64 issuedAt,
        uint64 expiresAt
    );
    /// @notice From `fromEpoch` on the provider counts with this speed and security level.
    event CapacityChanged(address indexed provider, uint256 fromEpoch, uint64 speed, uint8 level, uint256 total);
    /// @notice Slots of an epoch in which the provider answered: bit i = slot i. `monitor` is the provider itself for its own beats.
    event Beats(address indexed provider, uint256 indexed epoch, address indexed monitor, uint256 bitmap);

    /// @notice The proof lies in the future, is over, or holds too long.
    error CapacityBadTimes(uint64 issuedAt, uint64 expiresAt);
    /// @notice A proof as new as this is on record.
    error CapacitySuperseded(uint64 issuedAt);
    /// @notice No verifier in standing signed this: see `IAttestations.isInStanding`.
    error CapacityUnknownVerifier(address signer);
    /// @notice The provider has not registered.
    error CapacityUnknownProvider(address provider);
    /// @notice Only a holder of MATCHER or a verifier in standing posts the beats of others.
    error CapacityNotMonitor(address caller);
    /// @notice Beats can be posted for the running epoch and the one before.
    error CapacityWrongEpoch(uint256 epoch);
    /// @notice The bitmap names slots that have not begun, or a list's lengths differ.
    error CapacityBadBeats();
    /// @notice The number of slots is outside its bounds.
    error CapacityBadParameter();

    /// @notice Slots of an epoch, 1 to 256.
    function SLOTS() external view returns (uint256);

    /// @notice The longest a proof may hold: 30 days.
    function MAX_VALIDITY() external view returns (uint64);

    /// @notice Records a measurement. Anybody may submit it.
    function record(CapacityProof calldata proof, bytes calldata signature) external;

    /// @notice Reads anew whether the provider is active, its proof holds and at which level it works; counts from the next epoch.
    /// Anybody may call: keepers do when a proof ran out or a level changed.
    function refresh(address provider) external;

    /// @notice The caller is there in the present slot. Costs gas; for providers whom no monitor asks.
    function beat() external;

    /// @notice Who answered in which slots. MATCHER and verifiers in standing. Adds to what is there; nothing takes a beat away.
    /// @param epoch the running epoch or the one before
    /// @param providers who
    /// @param bitmaps bit i = slot i, beside each provider
    function post(uint256 epoch, address[] calldata providers, uint256[] calldata bitmaps) external;

    /// @notice Speed (micro-units a second) and security level with which a provider counts in an epoch that has begun.
    function capacityAt(address provider, uint256 epoch) external view returns (uint64 speed, uint8 level);

    /// @notice Sum of all providers' speeds in an epoch that has begun, in micro-units a second.
    function totalAt(uint256 epoch) external view returns (uint256);

    /// @notice P_total of an epoch that has begun: what they can do in it, in micro-units.
    function unitsAt(uint256 epoch) external view returns (uint256);

    /// @notice The proof on record; zeros if none.
    function proofOf(address provider) external view returns (Proof memory);

    /// @notice True when `refresh` would change what counts.
    function isStale(address provider) external view returns (bool);

    /// @notice Slots in which the provider answered: bit i = slot i.
    function beatsOf(address provider, uint256 epoch) external view returns (uint256);

    /// @notice Slots in which the monitor heard anybody: bit i = slot i.
    function witnessedAt(uint256 epoch) external view returns (uint256);

    /// @notice Number of the running slot of the running epoch, from 0.
    function slot() external view returns (uint256);

    /// @notice Part of all slots in which the provider answered, in basis points, rounded down. For rewards.
    /// @return bps 0 to 10,000
    /// @return isFinal true once nothing can be posted for the epoch any more
    function availabilityBps(address provider, uint256 epoch) external view returns (uint16 bps, bool isFinal);

    /// @notice Part of all slots in which the monitor heard others but not this provider, in basis points, rounded down; 0 where
    /// the provider had no capacity in that epoch. For faults: a monitor that sleeps accuses nobody.
    function unavailabilityBps(address provider, uint256 epoch) external view returns (uint16 bps, bool isFinal);

    /// @notice EIP-712 digest that a verifier signs.
    function hashProof(CapacityProof calldata proof) external view returns (bytes32);
}
