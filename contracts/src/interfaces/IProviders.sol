// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The register of compute providers and their reputation.
/// @notice Reputation is the mean of a Beta distribution: R = (α₀ + α)/(α₀ + α + β₀ + β) with the sceptical prior (1, 2) in
/// units of one ENC of work; α grows by the price of work that was settled, β by the price of work that was not done.
/// It belongs to the address for ever: to leave and come back changes nothing.
interface IProviders {
    /// @notice What is known of a provider.
    /// @param speed declared speed in micro-units of work a second; 0 = never registered
    /// @param alphaGwei price of all work done well, in gwei of ENC
    /// @param betaGwei price of all work not done, in gwei of ENC
    /// @param active takes new jobs
    /// @param registeredAt second of the first registration
    struct Provider {
        uint64 speed;
        uint64 alphaGwei;
        uint64 betaGwei;
        bool active;
        uint40 registeredAt;
    }

    /// @notice A provider registered, changed its terms or came back.
    event ProviderSet(address indexed provider, string url, uint64 speed);
    /// @notice A provider takes jobs or stops taking them.
    event ProviderActive(address indexed provider, bool active);
    /// @notice The counters of a provider's reputation grew. Weights in gwei of ENC.
    event ReputationChanged(address indexed provider, uint64 alphaGwei, uint64 betaGwei);

    /// @notice The caller has not registered.
    error ProvidersUnknown(address provider);
    /// @notice The caller is registered already: use `update`.
    error ProvidersAlreadyRegistered(address provider);
    /// @notice Speed is zero, or the URL is empty or longer than 256 bytes.
    error ProvidersBadTerms();

    /// @notice Registers the caller as an active provider. Refused while paused.
    /// @param url where its daemon listens
    /// @param speed micro-units of work a second
    function register(string calldata url, uint64 speed) external;

    /// @notice Changes the caller's URL and speed.
    function update(string calldata url, uint64 speed) external;

    /// @notice Makes the caller take new jobs or stop taking them; running jobs go on. To come back is refused while paused.
    function setActive(bool active) external;

    /// @notice Counts work that was done. Role JOBS. Saturates; rounds down to gwei.
    function recordWork(address provider, uint256 value) external;

    /// @notice Counts work that was not done. Role JOBS. Saturates; rounds up to gwei.
    function recordFault(address provider, uint256 value) external;

    /// @notice Stops new registrations. Role GUARDIAN.
    function pause() external;

    /// @notice Ends a pause. Role TEAM.
    function unpause() external;

    /// @notice All facts of a provider; zeros for an unknown one.
    function provider(address account) external view returns (Provider memory);

    /// @notice Where the provider listens; empty for an unknown one.
    function urlOf(address account) external view returns (string memory);

    /// @notice R in basis points, rounded down: 3,333 for an account without a history.
    function reputationBps(address account) external view returns (uint16);
}
