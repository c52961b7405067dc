// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EpochClock} from "./EpochClock.sol";
import {Governed} from "./Governed.sol";
import {IEmissions} from "./interfaces/IEmissions.sol";
import {IEncToken} from "./interfaces/IEncToken.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {EmissionMath} from "./libraries/EmissionMath.sol";
import {Roles} from "./libraries/Roles.sol";
import {StakeHistory} from "./libraries/StakeHistory.sol";

/// @title The emission curve. See `IEmissions`.
contract Emissions is IEmissions, Governed, EpochClock {
    using StakeHistory for StakeHistory.History;

    /// @inheritdoc IEmissions
    uint256 public constant TOTAL = 400_000_000e18;

    IEncToken private immutable _TOKEN;
    /// @inheritdoc IEmissions
    uint256 public immutable DECAY;

    /// @inheritdoc IEmissions
    uint256 public minted;
    /// @dev Wei allotted, and one more than the epoch allotted last: 0 = none.
    uint128 private _allotted;
    uint128 private _nextEpoch;
    StakeHistory.History private _factors;

    /// @param authority_ the `AccessManager`
    /// @param token ENC; this contract needs the role MINTER
    /// @param staking whose epochs count
    constructor(address authority_, address token, address staking) Governed(authority_) EpochClock(IStaking(staking)) {
        _TOKEN = IEncToken(token);
        DECAY = EmissionMath.decayDown(_EPOCH_LENGTH);
        _factors.set(0, uint208(EmissionMath.BPS));
    }

    /// @inheritdoc IEmissions
    function allot(uint256 epoch, uint256 used, uint256 capacity, uint256 portionBps)
        external
        onlyRole(Roles.REWARDS)
        returns (uint256 amount)
    {
        if (epoch < _nextEpoch || epoch >= _epoch()) revert EmissionsWrongEpoch(epoch);
        if (portionBps > EmissionMath.BPS) revert EmissionsTooMuch(portionBps, EmissionMath.BPS);
        uint256 emission = emissionOf(epoch, used, capacity);
        amount = emission * portionBps / EmissionMath.BPS;
        // Both fit: amounts are below 2^89, epochs count from the deployment.
        // forge-lint: disable-next-line(unsafe-typecast)
        (_allotted, _nextEpoch) = (_allotted + uint128(amount), uint128(epoch + 1));
        emit Allotted(epoch, amount, emission, remaining());
    }

    /// @inheritdoc IEmissions
    function mint(address to, uint256 amount) external onlyRole(Roles.REWARDS) {
        uint256 left = _allotted - minted;
        if (amount > left) revert EmissionsTooMuch(amount, left);
        minted += amount;
        emit Minted(to, amount, minted);
        _TOKEN.mint(to, amount);
    }

    /// @inheritdoc IEmissions
    function setParameters(Parameters calldata parameters_) external restricted {
        if (parameters_.factorBps > EmissionMath.BPS) revert EmissionsBadParameter();
        uint256 next = _epoch() + 1;
        // forge-lint: disable-next-line(unsafe-typecast)
        _factors.set(uint48(next), parameters_.factorBps);
        emit ParametersSet(parameters_, next);
    }

    /// @inheritdoc IEmissions
    function allotted() external view returns (uint256) {
        return _allotted;
    }

    /// @inheritdoc IEmissions
    function parameters() external view returns (Parameters memory) {
        // At most 10^4.
        // forge-lint: disable-next-line(unsafe-typecast)
        return Parameters(uint16(_factors.latest()));
    }

    /// @inheritdoc IEmissions
    function parameterBounds() external pure returns (Parameters memory least, Parameters memory most) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return (Parameters(0), Parameters(uint16(EmissionMath.BPS)));
    }

    /// @inheritdoc IEmissions
    function remaining() public view returns (uint256) {
        return TOTAL - _allotted;
    }

    /// @inheritdoc IEmissions
    function emissionOf(uint256 epoch, uint256 used, uint256 capacity) public view returns (uint256) {
        return EmissionMath.emissionDown(remaining(), DECAY, EmissionMath.demandDown(used, capacity), factorAt(epoch));
    }

    /// @inheritdoc IEmissions
    function factorAt(uint256 epoch) public view returns (uint256) {
        return _factors.valueAt(epoch);
    }
}
