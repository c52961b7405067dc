// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Which contract stands for a name, from when on.
/// @notice No contract is ever changed. A new version is announced beside the old one and becomes current after a delay that is
/// longer than the unbonding period: who does not like it leaves first. What runs under an old version ends by its rules.
/// The first version of a name is current at once.
interface IVersions {
    /// @notice A version of a name.
    /// @param target the contract
    /// @param effectiveAt second from which it is current
    /// @param withdrawn taken back before it became current
    /// @param codeHash of the contract when it was announced
    /// @param release digest of the published source and notes
    struct Version {
        address target;
        uint40 effectiveAt;
        bool withdrawn;
        bytes32 codeHash;
        bytes32 release;
    }

    /// @notice A version was announced.
    event VersionAnnounced(
        bytes32 indexed name, uint256 indexed index, address target, uint256 effectiveAt, bytes32 release
    );
    /// @notice A version was taken back before it became current.
    event VersionWithdrawn(bytes32 indexed name, uint256 indexed index);

    /// @notice The name is empty.
    error VersionsNoName();
    /// @notice Nothing is deployed there.
    error VersionsNotAContract(address target);
    /// @notice The contract stands under this name already.
    error VersionsAnnouncedBefore(bytes32 name, address target);
    /// @notice Another version is still waiting: withdraw it first.
    error VersionsPending(bytes32 name, uint256 index);
    /// @notice The version is current, past, withdrawn or unknown: it can't be taken back.
    error VersionsNotPending(bytes32 name, uint256 index);
    /// @notice The name has no version.
    error VersionsUnknown(bytes32 name);
    /// @notice The delay is shorter than the unbonding period or longer than a year.
    error VersionsBadDelay(uint256 delaySec);

    /// @notice Seconds between announcement and effect.
    function DELAY() external view returns (uint256);

    /// @notice Announces a version. Role TEAM.
    /// @param name bytes32 string, for example "Jobs"
    function announce(bytes32 name, address target, bytes32 release) external returns (uint256 index);

    /// @notice Takes back a version that is not current yet. Role GUARDIAN.
    function withdraw(bytes32 name, uint256 index) external;

    /// @notice The contract that stands for the name now.
    function current(bytes32 name) external view returns (address target, uint256 index);

    /// @notice Number of versions ever announced under the name.
    function count(bytes32 name) external view returns (uint256);

    /// @notice One version.
    function version(bytes32 name, uint256 index) external view returns (Version memory);

    /// @notice The names, in order of their first version.
    function names(uint256 from, uint256 limit) external view returns (bytes32[] memory);
}
