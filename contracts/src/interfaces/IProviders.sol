// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The register of compute providers and their reputation.
/// @notice Reputation is the mean of a Beta distribution: R = (α₀ + α)/(α₀ + α + β₀ + β) with the sceptical prior (1, 2) in
/// units of one ENC of work; α grows by the price of work that was settled, β by the price of work that was not done. Both
/// fade with a half-life of 30 epochs (α rounded down, β up), so that no past is for ever. Reputation belongs to the address:
/// to leave and come back changes nothing.
/// The posted ask is what reserved orders pay at most. It changes by a quarter an epoch at most.
interface IProviders {
    /// @notice What is known of a provider.
    /// @param speed declared speed in micro-units of work a second; 0 = never registered
    /// @param alphaGwei price of all work done well, in gwei of ENC, faded to the running epoch
    /// @param betaGwei price of all work not done, in gwei of ENC, faded to the running epoch
    /// @param active takes new jobs
    /// @param registeredAt second of the first registration
    /// @param ask posted rate in wei a unit; 0 = none
    struct Provider {
        uint64 speed;
        uint64 alphaGwei;
        uint64 betaGwei;
        bool active;
        uint40 registeredAt;
        uint96 ask;
    }

    /// @notice An attempt of a job that missed its deadline: what `Faults` needs to know after the job was matched again.
    /// @param provider who worked, or should have
    /// @param atRisk wei of stake that the job locked
    /// @param enclaveKey key of the attempt's enclave; zero = never started
    /// @param endedAt second at which it was found out and the lock ended
    struct Missed {
        address provider;
        uint96 atRisk;
        address enclaveKey;
        uint40 endedAt;
    }

    /// @notice A provider registered, changed its terms or came back.
    event ProviderSet(address indexed provider, string url, uint64 speed);
    /// @notice A provider takes jobs or stops taking them.
    event ProviderActive(address indexed provider, bool active);
    /// @notice A provider posted another rate, in wei a unit.
    event AskSet(address indexed provider, uint96 ask);
    /// @notice The counters of a provider's reputation, as of the running epoch, grew. Weights in gwei of ENC.
    event ReputationChanged(address indexed provider, uint64 alphaGwei, uint64 betaGwei);

    /// @notice The caller has not registered.
    error ProvidersUnknown(address provider);
    /// @notice The caller is registered already: use `update`.
    error ProvidersAlreadyRegistered(address provider);
    /// @notice Speed is zero, or the URL is empty or longer than 256 bytes.
    error ProvidersBadTerms();
    /// @notice The ask is further from that of the epoch's start than it may move in an epoch.
    error ProvidersAskOutOfRange(uint256 ask, uint256 least, uint256 most);
    /// @notice Work is known for the running epoch and the one before.
    error ProvidersEpochGone(uint256 epoch);

    /// @notice The most that an ask changes in an epoch, in basis points of what it was: 2,500.
    function MAX_ASK_CHANGE_BPS() external view returns (uint256);

    /// @notice Registers the caller as an active provider. Refused while paused.
    /// @param url where its daemon listens
    /// @param speed micro-units of work a second
    function register(string calldata url, uint64 speed) external;

    /// @notice Changes the caller's URL and speed.
    function update(string calldata url, uint64 speed) external;

    /// @notice Makes the caller take new jobs or stop taking them; running jobs go on. To come back is refused while paused.
    function setActive(bool active) external;

    /// @notice Posts the rate at which the caller serves reserved orders, in wei a unit. The first may be any.
    function setAsk(uint96 ask) external;

    /// @notice Counts work that was done, for reputation and for the epoch's rewards. Role JOBS. Saturates; rounds down to gwei, and to
    /// micro-ENC for rewards.
    function recordWork(address provider, uint256 value) external;

    /// @notice Counts work that was not done; the provider gets no bonus for this epoch. Roles JOBS and FAULTS. Saturates; rounds up
    /// to gwei.
    function recordFault(address provider, uint256 value) external;

    /// @notice `recordFault` for an attempt that missed its deadline, which stays on record. Role JOBS.
    function recordMissed(bytes32 jobId, uint256 attempt, Missed calldata missed_, uint256 value) external;

    /// @notice Stops new registrations. Role GUARDIAN.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice All facts of a provider; zeros for an unknown one.
    function provider(address account) external view returns (Provider memory);

    /// @notice What a match asks of a provider: whether it takes jobs, its speed, its reputation in basis points, its posted ask.
    function standing(address account) external view returns (bool active, uint64 speed, uint16 reputation, uint96 ask);

    /// @notice Where the provider listens; empty for an unknown one.
    function urlOf(address account) external view returns (string memory);

    /// @notice An attempt that missed its deadline; zeros for any other.
    function missed(bytes32 jobId, uint256 attempt) external view returns (Missed memory);

    /// @notice R in basis points, rounded down: 3,333 for an account without a history.
    function reputationBps(address account) external view returns (uint16);

    /// @notice Paid work of the running epoch or the one before, and whether a fault was recorded in it.
    /// @return value wei, rounded down to micro-ENC job by job
    /// @return faulted true when the epoch has a fault
    function workOf(address account, uint256 epoch_) external view returns (uint256 value, bool faulted);

    /// @notice Least and most that `setAsk` takes from the account now.
    function askRange(address account) external view returns (uint256 least, uint256 most);

    /// @notice Number of the running epoch, as `Staking` counts them.
    function epoch() external view returns (uint256);
}
