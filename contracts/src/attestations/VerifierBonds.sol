// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Unbonding takes weeks; the seconds by which a validator can shift a block do no harm to it.
// forge-lint: disable-start(block-timestamp)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Governed} from "../Governed.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";

/// @title The bonds of `Attestations`: what a verifier loses when it contradicts itself.
/// @dev Only a verifier touches its own bond. A bond shares its word with the verifier's seat, so a record reads it for nothing.
/// Internal accounting only: ENC sent here by mistake belongs to nobody. Bonds change before tokens move.
abstract contract VerifierBonds is IAttestations, Governed {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev All that a record asks about verifiers in general, in one word.
    struct Panel {
        uint8 threshold;
        uint8 seats;
        uint40 ejected;
        uint24 digests;
        uint96 leastBond;
    }

    /// @dev `leavesAt` is 0 while the bond stays.
    struct Seat {
        uint8 number;
        bool contradicted;
        uint96 bond;
        uint40 leavesAt;
    }

    /// @inheritdoc IAttestations
    uint64 public constant MAX_VALIDITY = 30 days;
    /// @inheritdoc IAttestations
    uint256 public constant BOND_UNBONDING = MAX_VALIDITY + 7 days;
    /// @inheritdoc IAttestations
    uint256 public constant MAX_BOND = 10_000_000e18;
    /// @inheritdoc IAttestations
    uint256 public constant REPORTER_BPS = 2_000;
    uint256 private constant BPS = 10_000;

    IERC20 private immutable _TOKEN;
    address private immutable _TREASURY;

    Panel internal _panel;
    mapping(address verifier => Seat) internal _seats;
    /// @inheritdoc IAttestations
    uint256 public totalBonds;

    constructor(address authority_, address token, address treasury, uint256 leastBond_) Governed(authority_) {
        _TOKEN = IERC20(token);
        _TREASURY = treasury;
        _panel.threshold = 1;
        _setLeastBond(leastBond_);
    }

    /// @inheritdoc IAttestations
    function postBond(uint256 amount) external {
        Seat memory seat = _seats[msg.sender];
        if (amount == 0 && seat.leavesAt == 0) revert AttestationsZeroAmount();
        seat.bond = (seat.bond + amount).toUint96();
        seat.leavesAt = 0;
        _seats[msg.sender] = seat;
        totalBonds += amount;
        emit BondPosted(msg.sender, amount, seat.bond);
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IAttestations
    function leaveBond() external {
        Seat storage seat = _seats[msg.sender];
        if (seat.bond == 0) revert AttestationsZeroAmount();
        if (seat.leavesAt != 0) revert AttestationsBondState(seat.leavesAt);
        uint40 availableAt = (block.timestamp + BOND_UNBONDING).toUint40();
        seat.leavesAt = availableAt;
        emit BondLeaving(msg.sender, availableAt);
    }

    /// @inheritdoc IAttestations
    function withdrawBond() external {
        Seat storage seat = _seats[msg.sender];
        uint40 availableAt = seat.leavesAt;
        if (availableAt == 0) revert AttestationsBondState(0);
        if (block.timestamp < availableAt) revert AttestationsStillUnbonding(availableAt);
        uint256 amount = _takeBond(seat);
        emit BondWithdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IAttestations
    function setLeastBond(uint256 leastBond_) external restricted {
        _setLeastBond(leastBond_);
    }

    /// @inheritdoc IAttestations
    function bondOf(address verifier) external view returns (uint256 amount, uint256 availableAt) {
        Seat storage seat = _seats[verifier];
        return (seat.bond, seat.leavesAt);
    }

    /// @inheritdoc IAttestations
    function leastBond() external view returns (uint256) {
        return _panel.leastBond;
    }

    /// @dev Reverts unless the verifier has the bond that a signer needs, and stays.
    function _requireBonded(address verifier, uint256 least) internal view {
        Seat memory seat = _seats[verifier];
        if (seat.bond < least || seat.leavesAt != 0) revert AttestationsUnbonded(verifier, seat.bond, least);
    }

    /// @dev Takes all of a bond, leaving or not. The reporter's part rounds down.
    function _slashBond(address verifier) internal {
        Seat storage seat = _seats[verifier];
        if (seat.bond == 0) return;
        uint256 amount = _takeBond(seat);
        uint256 toReporter = amount * REPORTER_BPS / BPS;
        emit BondSlashed(verifier, msg.sender, toReporter, amount - toReporter);
        _TOKEN.safeTransfer(msg.sender, toReporter);
        _TOKEN.safeTransfer(_TREASURY, amount - toReporter);
    }

    function _takeBond(Seat storage seat) private returns (uint256 amount) {
        amount = seat.bond;
        (seat.bond, seat.leavesAt) = (0, 0);
        totalBonds -= amount;
    }

    function _setLeastBond(uint256 leastBond_) private {
        if (leastBond_ > MAX_BOND) revert AttestationsBadBond(leastBond_);
        _panel.leastBond = leastBond_.toUint96();
        emit LeastBondSet(leastBond_);
    }
}
// forge-lint: disable-end(block-timestamp)
