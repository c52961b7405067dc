// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The providers' 400 M ENC, created along a curve that halves what is left every two years at most.
/// @notice E_n = remaining · k · g(U_n) · factor, with k = 1 − 2^(−L/730 days) for epochs of length L, g(U) = min(1, 0.25 + 0.75·U/0.7) and U the share of
/// verified capacity that paid work used. Of E_n, what has receivers is allotted; all else stays in `remaining`. So an epoch in
/// which nobody earned costs nothing, however many of them pass. The team's factor lies in [0, 1]: it lowers, never lifts.
/// @dev Mints on claim; holds no ENC. remaining + allotted = 400 M and minted <= allotted, always.
interface IEmissions {
    /// @notice What the role PARAMETERS may set.
    /// @param factorBps part of the curve that is emitted, in basis points, at most 10,000
    struct Parameters {
        uint16 factorBps;
    }

    /// @notice A part of an epoch's emission was set aside for its providers. Once an epoch, in ascending order.
    event Allotted(uint256 indexed epoch, uint256 amount, uint256 emission, uint256 remaining);
    /// @notice Allotted ENC came into being.
    event Minted(address indexed to, uint256 amount, uint256 minted);
    /// @notice The factor of the epochs from `fromEpoch` on changed.
    event ParametersSet(Parameters parameters, uint256 fromEpoch);

    /// @notice The epoch is not over, or it or a later one was allotted already.
    error EmissionsWrongEpoch(uint256 epoch);
    /// @notice More would be minted than allotted, or allotted than an epoch's emission.
    error EmissionsTooMuch(uint256 wanted, uint256 left);
    /// @notice The factor is above one.
    error EmissionsBadParameter();

    /// @notice All that will ever be emitted: 400 M ENC in wei.
    function TOTAL() external view returns (uint256);

    /// @notice floor(10^27·k), fixed at deployment by the length of an epoch: the same time emits the same whatever that length is.
    function DECAY() external view returns (uint256);

    /// @notice Wei not yet allotted.
    function remaining() external view returns (uint256);

    /// @notice Wei allotted to epochs so far.
    function allotted() external view returns (uint256);

    /// @notice Wei of them minted so far.
    function minted() external view returns (uint256);

    /// @notice Sets part of an ended epoch's emission aside. Role REWARDS. Once an epoch, in ascending order.
    /// @param epoch epoch that has ended
    /// @param used what paid work used
    /// @param capacity verified capacity in the same unit; 0 counts as no use
    /// @param portionBps part of the emission that has receivers
    /// @return amount wei: floor(E_n·portionBps/10^4)
    function allot(uint256 epoch, uint256 used, uint256 capacity, uint256 portionBps) external returns (uint256 amount);

    /// @notice Creates allotted ENC. Role REWARDS.
    function mint(address to, uint256 amount) external;

    /// @notice Sets the factor of the next epoch and later ones. Role PARAMETERS.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice E_n as it would be with what remains now, rounded down.
    function emissionOf(uint256 epoch, uint256 used, uint256 capacity) external view returns (uint256);

    /// @notice The factor that holds in an epoch, in basis points.
    function factorAt(uint256 epoch) external view returns (uint256);

    /// @notice The factor set last, which may count from the next epoch only.
    function parameters() external view returns (Parameters memory);

    /// @notice Least and most of each parameter.
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most);
}
