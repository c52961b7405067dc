// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitCount} from "../../src/libraries/BitCount.sol";
import {EmissionMath} from "../../src/libraries/EmissionMath.sol";
import {EntitlementMath} from "../../src/libraries/EntitlementMath.sol";
import {ReputationMath} from "../../src/libraries/ReputationMath.sol";
import {RewardMath} from "../../src/libraries/RewardMath.sol";
import {Vectors} from "./Vectors.sol";

/// @title vectors/economy.json, which packages/market reads too and a third computation wrote.
contract EconomyMathTest is Vectors {
    uint256 private constant TOTAL = 400_000_000e18;
    /// @dev 10^27·k of an epoch of a day.
    uint256 private constant DAILY = 949_066_037_374_331_607_728_409;
    uint256 private constant LEAST_EPOCH = 5 seconds;
    uint256 private constant MOST_EPOCH = 7 days;

    function test_emission_vectors() public view {
        string memory json = read("economy.json");
        uint256[] memory remaining = column(json, "emission", "remaining");
        uint256[] memory used = column(json, "emission", "used");
        uint256[] memory capacity = column(json, "emission", "capacity");
        uint256[] memory factor = column(json, "emission", "factorBps");
        uint256[] memory wei_ = column(json, "emission", "wei");
        vm.assertEq(wei_.length, 40);
        vm.assertEq(DAILY, column(json, "constants", "decay")[0]);
        for (uint256 i = 0; i < wei_.length; ++i) {
            uint256 demand = EmissionMath.demandDown(used[i], capacity[i]);
            vm.assertEq(EmissionMath.emissionDown(remaining[i], DAILY, demand, factor[i]), wei_[i]);
        }
    }

    function test_decay_of_an_epoch_by_its_length_vectors() public view {
        string memory json = read("economy.json");
        uint256[] memory length = column(json, "epochDecay", "lengthSec");
        uint256[] memory decay = column(json, "epochDecay", "decay");
        vm.assertEq(length.length, 40);
        for (uint256 i = 0; i < length.length; ++i) {
            vm.assertEq(EmissionMath.decayDown(length[i]), decay[i]);
        }
        vm.assertEq(EmissionMath.decayDown(1 days), DAILY);
    }

    /// @dev From the first wei to the last that the curve gives: 60,000 epochs.
    function test_emission_over_the_full_schedule() public view {
        string memory json = read("economy.json");
        uint256[] memory epochs = column(json, "fullSchedule", "epochs");
        uint256[] memory left = column(json, "fullSchedule", "remaining");
        vm.assertEq(epochs.length, 15);
        uint256 remaining = TOTAL;
        uint256 mark;
        for (uint256 n = 1; n <= 60_000; ++n) {
            remaining -= EmissionMath.emissionDown(remaining, DAILY, 1e18, 10_000);
            if (n == epochs[mark]) {
                vm.assertEq(remaining, left[mark]);
                if (mark < 14) ++mark;
            }
        }
        vm.assertEq(remaining, 1_053);
    }

    function test_emission_over_the_full_schedule_by_weeks() public view {
        string memory json = read("economy.json");
        uint256[] memory epochs = column(json, "weeklySchedule", "epochs");
        uint256[] memory left = column(json, "weeklySchedule", "remaining");
        uint256 weekly = EmissionMath.decayDown(7 days);
        uint256 remaining = TOTAL;
        uint256 mark;
        for (uint256 n = 1; n <= 8_600; ++n) {
            remaining -= EmissionMath.emissionDown(remaining, weekly, 1e18, 10_000);
            if (n != epochs[mark]) continue;
            vm.assertEq(remaining, left[mark]);
            ++mark;
            if (mark == epochs.length) break;
        }
        vm.assertEq(mark, 9);
        vm.assertEq(remaining, 150);
    }

    /// @dev Changing demand and factor, epochs that nobody earned in, bonuses that nobody earned.
    function test_emission_over_a_live_schedule() public view {
        string memory json = read("economy.json");
        uint256[] memory epochs = column(json, "liveSchedule", "epochs");
        uint256[] memory left = column(json, "liveSchedule", "remaining");
        uint256[4] memory portions = [uint256(0), 9_000, 10_000, 10_000];
        uint256 remaining = TOTAL;
        uint64 x = 1;
        uint256 mark;
        for (uint256 n = 1; n <= 20_000; ++n) {
            unchecked {
                x = x * 6364136223846793005 + 1442695040888963407;
            }
            // Its low bits, on purpose.
            // forge-lint: disable-next-line(unsafe-typecast)
            uint256 demand = EmissionMath.demandDown(uint32(x >> 16), 2 ** 32);
            uint256 amount = EmissionMath.emissionDown(remaining, DAILY, demand, x % 8 == 3 ? 5_000 : 10_000);
            remaining -= amount * portions[x % 4] / 10_000;
            if (n == epochs[mark]) {
                vm.assertEq(remaining, left[mark]);
                if (mark + 1 < epochs.length) ++mark;
            }
        }
        vm.assertEq(mark, 5);
    }

    function test_decay_vectors() public view {
        string memory json = read("economy.json");
        uint256[] memory alpha = column(json, "decay", "alpha");
        uint256[] memory beta = column(json, "decay", "beta");
        uint256[] memory epochs = column(json, "decay", "epochs");
        uint256[] memory alphaNow = column(json, "decay", "alphaNow");
        uint256[] memory betaNow = column(json, "decay", "betaNow");
        vm.assertEq(alpha.length, 105);
        for (uint256 i = 0; i < alpha.length; ++i) {
            (uint64 a, uint64 b) = ReputationMath.decay(uint64(alpha[i]), uint64(beta[i]), epochs[i]);
            vm.assertEq(a, alphaNow[i]);
            vm.assertEq(b, betaNow[i]);
        }
    }

    function test_score_vectors() public view {
        string memory json = read("economy.json");
        uint256[] memory score = column(json, "score", "score");
        vm.assertEq(score.length, 40);
        for (uint256 i = 0; i < score.length; ++i) {
            uint256 earned = column(json, "score", "work")[i]
                + RewardMath.capacityDown(
                    column(json, "score", "units")[i],
                    column(json, "score", "rate")[i],
                    column(json, "score", "availabilityBps")[i]
                );
            uint256 quantity = RewardMath.quantityDown(
                earned, column(json, "score", "stake")[i], column(json, "score", "stakeCapBps")[i]
            );
            uint256 level = column(json, "score", "levelBps")[i];
            vm.assertEq(RewardMath.score(quantity, level, column(json, "score", "reputationBps")[i]), score[i]);
        }
    }

    function test_entitlement_vectors() public view {
        string memory json = read("economy.json");
        uint256[] memory stake = column(json, "entitlement", "stake");
        uint256[] memory total = column(json, "entitlement", "totalStake");
        uint256[] memory units = column(json, "entitlement", "units");
        uint256[] memory entitlement = column(json, "entitlement", "entitlement");
        vm.assertEq(stake.length, 8);
        for (uint256 i = 0; i < stake.length; ++i) {
            vm.assertEq(EntitlementMath.entitlementDown(stake[i], total[i], units[i]), entitlement[i]);
        }
    }

    /// @dev The team's factor and demand lower emission, nothing raises it above the curve, and it never takes all.
    function testFuzz_emission_stays_on_or_below_the_curve(
        uint96 left,
        uint128 used,
        uint128 capacity,
        uint16 factor,
        uint24 length
    ) public pure {
        uint256 remaining = clamp(left, 0, TOTAL);
        uint256 bps = clamp(factor, 0, 10_000);
        uint256 decay = EmissionMath.decayDown(clamp(length, LEAST_EPOCH, MOST_EPOCH));
        uint256 amount = EmissionMath.emissionDown(remaining, decay, EmissionMath.demandDown(used, capacity), bps);
        vm.assertLe(amount, remaining * 6_624_576_899_738_811 / 1e18);
        vm.assertLe(amount, EmissionMath.emissionDown(remaining, decay, 1e18, 10_000));
        uint256 daily = EmissionMath.emissionDown(remaining, DAILY, 1e18, 10_000);
        vm.assertLe(daily, remaining * 949_066_037_374_332 / 1e18);
    }

    /// @dev A longer epoch emits more, but less than its share of a straight line: 1 − 2^(−t) is concave.
    function testFuzz_decay_grows_with_the_length(uint24 first, uint24 second) public pure {
        uint256 short = clamp(first, LEAST_EPOCH, MOST_EPOCH - 1);
        uint256 long = clamp(second, short + 1, MOST_EPOCH);
        (uint256 less, uint256 more) = (EmissionMath.decayDown(short), EmissionMath.decayDown(long));
        vm.assertLt(less, more);
        vm.assertLt(more * short, (less + 1) * long);
    }

    /// @dev The same time emits the same in any number of epochs: a wei of rounding down an epoch, and one of k's.
    function testFuzz_the_same_time_emits_the_same(uint24 length, uint8 parts, uint8 times) public pure {
        uint256 split = clamp(parts, 1, 16);
        uint256 short = clamp(length, LEAST_EPOCH, MOST_EPOCH / split);
        uint256 epochs = clamp(times, 1, 12);
        (uint256 fine, uint256 coarse) = (EmissionMath.decayDown(short), EmissionMath.decayDown(short * split));
        (uint256 byFine, uint256 byCoarse) = (TOTAL, TOTAL);
        for (uint256 n = 0; n < epochs; ++n) {
            byCoarse -= EmissionMath.emissionDown(byCoarse, coarse, 1e18, 10_000);
            for (uint256 i = 0; i < split; ++i) {
                byFine -= EmissionMath.emissionDown(byFine, fine, 1e18, 10_000);
            }
        }
        vm.assertLe(byFine > byCoarse ? byFine - byCoarse : byCoarse - byFine, 2 * epochs * (split + 1));
    }

    /// @dev First-depositor tricks and rounding loops give nothing: any stakes' entitlements fit into the capacity.
    function testFuzz_entitlements_fit_into_the_capacity(uint96[6] memory stakes, uint128 units) public pure {
        uint256 total;
        for (uint256 i = 0; i < 6; ++i) {
            total += stakes[i];
        }
        uint256 given;
        for (uint256 i = 0; i < 6; ++i) {
            given += EntitlementMath.entitlementDown(stakes[i], total, units);
        }
        vm.assertLe(given, units);
    }

    function testFuzz_rewards_lose_less_than_a_wei_a_claim(uint96[6] memory scores, uint88 amount) public pure {
        uint256 total;
        for (uint256 i = 0; i < 6; ++i) {
            total += scores[i];
        }
        if (total == 0) return;
        uint256 paid;
        for (uint256 i = 0; i < 6; ++i) {
            paid += RewardMath.partDown(amount, scores[i], total);
        }
        vm.assertLe(paid, amount);
        vm.assertLt(amount - paid, 6);
    }

    function testFuzz_decay_never_gains(uint64 alpha, uint64 beta, uint16 first, uint16 second) public pure {
        (uint64 a, uint64 b) = ReputationMath.decay(alpha, beta, first);
        vm.assertLe(a, alpha);
        vm.assertLe(b, beta);
        (uint64 a2, uint64 b2) = ReputationMath.decay(a, b, second);
        (uint64 direct, uint64 directB) = ReputationMath.decay(alpha, beta, uint256(first) + second);
        // In two steps nobody has more good or less bad than in one.
        vm.assertLe(a2, direct);
        vm.assertGe(b2, directB);
    }

    function testFuzz_ones(uint256 word) public pure {
        uint256 count;
        for (uint256 rest = word; rest != 0; rest >>= 1) {
            count += rest & 1;
        }
        vm.assertEq(BitCount.ones(word), count);
        vm.assertEq(BitCount.ones(type(uint256).max), 256);
        vm.assertEq(BitCount.ones(type(uint256).max - 1), 255);
    }
}
