// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Attestations} from "../src/Attestations.sol";
import {EncToken} from "../src/EncToken.sol";
import {Staking} from "../src/Staking.sol";
import {Vouchers} from "../src/Vouchers.sol";
import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {IEncToken} from "../src/interfaces/IEncToken.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {IVouchers} from "../src/interfaces/IVouchers.sol";
import {JobTerms, Terms} from "../src/jobs/JobTerms.sol";
import {IJobs} from "../src/interfaces/IJobs.sol";
import {Lanes} from "../src/libraries/Lanes.sol";
import {Roles} from "../src/libraries/Roles.sol";

// The clock is part of what is proven.
// forge-lint: disable-start(block-timestamp)

interface IClock {
    function warp(uint256 time) external;
}

/// @title Money paths for all inputs at once: halmos runs the deployed code on symbols, a solver looks for a counter-example.
/// @dev `node tools/check-symbolic.mjs`. Not here, because solvers find no end where two unknowns are multiplied: prices, fees and
/// shares; `MathProofs`, fuzz tests and shared vectors stand for those. Amounts are those that the treasury's 300 M ENC allow.
contract MoneyChecks {
    using Lanes for uint256;
    using JobTerms for *;

    address private constant ALICE = address(0xa11ce);
    /// @dev The cheat codes that halmos shares with forge.
    IClock private constant VM = IClock(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes private constant PANIC = abi.encodeWithSignature("Panic(uint256)", 0x11);
    AccessManager private _manager;
    EncToken private _token;
    Staking private _staking;
    Vouchers private _vouchers;
    Attestations private _attestations;

    function setUp() public {
        _manager = new AccessManager(address(this));
        _token = new EncToken(address(_manager), address(this), address(0xec0), address(0xf0));
        _staking = new Staking(address(_manager), address(_token), 1 days, 30 days);
        _manager.grantRole(Roles.FAULTS, address(this), 0);
        _manager.grantRole(Roles.JOBS, address(this), 0);
        _vouchers = new Vouchers(address(_manager), address(_token), address(0x7e), IVouchers.Parameters(1 hours, 0));
        _attestations = new Attestations(address(_manager), address(_token), address(0x7e), 0);
        _manager.grantRole(Roles.MINTER, address(this), 0);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IEncToken.mint.selector;
        _manager.setTargetFunctionRole(address(_token), selectors, Roles.MINTER);
        _token.approve(address(_staking), type(uint256).max);
        _token.approve(address(_vouchers), type(uint256).max);
        _token.approve(address(_attestations), type(uint256).max);
    }

    // ---------------------------------------------------------------- words that hold money's terms

    /// @dev No field of a job's terms leaks into another: for all values of all of them.
    function check_terms_survive_packing(
        uint32 datasetIndex,
        uint32 deadline,
        uint24 steps,
        uint24 paidSteps,
        uint24 checkpointStep,
        uint16 feeBps,
        uint16 stakeRatioBps,
        bool budgetHeld,
        bool keyReleased
    ) public pure {
        Terms memory terms;
        (terms.datasetIndex, terms.deadline, terms.steps) = (datasetIndex, deadline, steps);
        (terms.paidSteps, terms.checkpointStep, terms.feeBps) = (paidSteps, checkpointStep, feeBps);
        (terms.stakeRatioBps, terms.budgetHeld, terms.keyReleased) = (stakeRatioBps, budgetHeld, keyReleased);
        terms.state = IJobs.JobState.Delivered;
        Terms memory back = terms.pack().unpack();
        assert(back.datasetIndex == datasetIndex && back.deadline == deadline && back.steps == steps);
        assert(back.paidSteps == paidSteps && back.checkpointStep == checkpointStep && back.feeBps == feeBps);
        assert(back.stakeRatioBps == stakeRatioBps && back.budgetHeld == budgetHeld);
        assert(back.keyReleased == keyReleased && back.state == IJobs.JobState.Delivered);
        assert(back.attempt == 0 && back.durationSec == 0 && back.contestWindow == 0);
    }

    /// @dev A privacy charge survives being split into lanes, whatever it is.
    function check_lanes_survive(uint256 word) public pure {
        assert(word.even().join(word.odd()) == word);
    }

    /// @dev The comparison of lanes says what eight comparisons say.
    function check_lanes_compare(uint256 a, uint256 b, uint8 lane) public pure {
        if (lane >= 4) return;
        (uint256 x, uint256 y) = (a.even(), b.even());
        uint256 bits = (x.atMost(y) >> (64 * uint256(lane))) & type(uint64).max;
        bool within =
            ((x >> (64 * uint256(lane))) & type(uint32).max) <= ((y >> (64 * uint256(lane))) & type(uint32).max);
        assert(bits == (within ? type(uint32).max : 0));
    }

    // ---------------------------------------------------------------- stakes

    /// @dev All that is staked and asked back is there, and nothing else moves.
    function check_stake_is_conserved(uint96 amount, uint96 part) public {
        if (amount == 0 || amount > 1e26 || part == 0 || part > amount) return;
        _staking.stake(IStaking.Pool.Provide, amount);
        assert(_token.balanceOf(address(_staking)) == amount);
        _staking.requestUnbond(IStaking.Pool.Provide, part);
        IStaking.Stake memory entry = _staking.stakeOf(IStaking.Pool.Provide, address(this));
        assert(entry.active == amount - part && entry.unbonding == part);
        assert(_token.balanceOf(address(_staking)) == amount);
        assert(_staking.stakeOf(IStaking.Pool.Provide, ALICE).active == 0);
    }

    /// @dev A slash takes at most the penalty and at most what no job has locked; the receiver has exactly that.
    function check_slash_is_bounded(uint96 amount, uint96 locked, uint96 penalty) public {
        if (amount == 0 || amount > 1e26 || locked > amount) return;
        _staking.stake(IStaking.Pool.Provide, amount);
        (bool counts,) = address(_staking).call(abi.encodeCall(IStaking.lock, (address(this), locked)));
        uint256 held = counts ? locked : 0;
        uint256 taken = _staking.slash(address(this), penalty, 0, new uint256[](0), ALICE, "fault");
        assert(taken <= penalty && taken <= amount - held);
        assert(taken == penalty || taken == amount - held);
        assert(_token.balanceOf(ALICE) == taken);
        IStaking.Stake memory entry = _staking.stakeOf(IStaking.Pool.Provide, address(this));
        assert(entry.active == amount - taken && entry.active >= entry.locked);
    }

    // ---------------------------------------------------------------- channels, bonds, supply

    /// @dev A voucher pays all that it says or nothing, and what it does not say goes back: to the wei, for every deposit and total.
    function check_voucher_pays_all_or_nothing(uint96 deposit, uint96 total) public {
        if (deposit == 0 || deposit > 1e26) return;
        bytes32 id = _vouchers.open(ALICE, deposit, uint40(block.timestamp + 2 days));
        (bool paid, bytes memory reason) =
            address(_vouchers).call(abi.encodeCall(IVouchers.redeem, (IVouchers.Voucher(id, total), new bytes(65))));
        // Gas is unknown here, a new number at each look: a call with too little of it ends without a reason or in a panic of the
        // subtraction of both looks. It must change nothing either.
        bool starved = !paid && (reason.length == 0 || keccak256(reason) == keccak256(PANIC));
        assert(starved || paid == (total > 0 && total <= deposit));
        uint256 moved = paid ? total : 0;
        assert(_vouchers.balanceOf(ALICE) == moved);
        assert(_vouchers.inChannels() == deposit - moved);
        assert(_token.balanceOf(address(_vouchers)) == deposit);
    }

    /// @dev A verifier's bond is counted whole, and leaves only after its time.
    function check_bond_is_conserved(uint96 amount, uint32 time) public {
        if (amount == 0 || amount > 1e26) return;
        _attestations.postBond(amount);
        _attestations.leaveBond();
        (bool left,) = address(_attestations).call(abi.encodeCall(IAttestations.withdrawBond, ()));
        assert(!left);
        (uint256 bond, uint256 availableAt) = _attestations.bondOf(address(this));
        assert(bond == amount && availableAt == block.timestamp + 37 days);
        assert(_attestations.totalBonds() == amount && _token.balanceOf(address(_attestations)) == amount);
        VM.warp(block.timestamp + time);
        (left,) = address(_attestations).call(abi.encodeCall(IAttestations.withdrawBond, ()));
        assert(left == (time >= 37 days));
        assert(_attestations.totalBonds() == (left ? 0 : amount));
        assert(_token.balanceOf(address(_attestations)) == (left ? 0 : amount));
    }

    /// @dev No mint lifts the supply above its cap, and what is minted arrives.
    function check_supply_never_exceeds_the_cap(uint256 amount) public {
        uint256 before = _token.totalSupply();
        (bool minted,) = address(_token).call(abi.encodeCall(IEncToken.mint, (ALICE, amount)));
        assert(minted == (amount <= 1e27 - before));
        assert(_token.totalSupply() == before + (minted ? amount : 0));
        assert(_token.balanceOf(ALICE) == (minted ? amount : 0));
    }

    /// @dev This contract is a wallet that stands by every voucher: what is proven does not rest on signatures.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}
// forge-lint: disable-end(block-timestamp)
