// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobs} from "../interfaces/IJobs.sol";

/// @notice What a job is about, but for parties and amounts: 256 bits in all.
/// @dev 32-bit seconds last until 2106.
/// @param datasetIndex number of the dataset
/// @param deadline see `IJobs.Job`
/// @param steps steps of the whole job
/// @param paidSteps steps paid in earlier attempts
/// @param checkpointStep last step that a checkpoint covers
/// @param durationSec seconds allowed for the work
/// @param contestWindow seconds between delivery and settlement
/// @param attempt 1 for the first match
/// @param feeBps treasury's part of the price
/// @param stakeRatioBps provider's lock relative to the price
/// @param state state
/// @param budgetHeld the ledger holds this job's reservation
/// @param keyReleased a checkpoint of this attempt put the owner's release on record
struct Terms {
    uint32 datasetIndex;
    uint32 deadline;
    uint24 steps;
    uint24 paidSteps;
    uint24 checkpointStep;
    uint24 durationSec;
    uint24 contestWindow;
    uint16 attempt;
    uint16 feeBps;
    uint16 stakeRatioBps;
    IJobs.JobState state;
    bool budgetHeld;
    bool keyReleased;
}

/// @title Terms in one word, read and written at once: the compiler would do it field by field.
library JobTerms {
    function pack(Terms memory terms) internal pure returns (uint256 word) {
        word = terms.datasetIndex;
        word |= uint256(terms.deadline) << 32;
        word |= uint256(terms.steps) << 64;
        word |= uint256(terms.paidSteps) << 88;
        word |= uint256(terms.checkpointStep) << 112;
        word |= uint256(terms.durationSec) << 136;
        word |= uint256(terms.contestWindow) << 160;
        word |= uint256(terms.attempt) << 184;
        word |= uint256(terms.feeBps) << 200;
        word |= uint256(terms.stakeRatioBps) << 216;
        word |= uint256(terms.state) << 232;
        word |= uint256(terms.budgetHeld ? 1 : 0) << 240;
        word |= uint256(terms.keyReleased ? 1 : 0) << 248;
    }

    function unpack(uint256 word) internal pure returns (Terms memory terms) {
        // Each cast cuts the field out on purpose.
        // forge-lint: disable-start(unsafe-typecast)
        terms.datasetIndex = uint32(word);
        terms.deadline = uint32(word >> 32);
        terms.steps = uint24(word >> 64);
        terms.paidSteps = uint24(word >> 88);
        terms.checkpointStep = uint24(word >> 112);
        terms.durationSec = uint24(word >> 136);
        terms.contestWindow = uint24(word >> 160);
        terms.attempt = uint16(word >> 184);
        terms.feeBps = uint16(word >> 200);
        terms.stakeRatioBps = uint16(word >> 216);
        terms.state = IJobs.JobState(uint8(word >> 232));
        terms.budgetHeld = uint8(word >> 240) == 1;
        terms.keyReleased = uint8(word >> 248) == 1;
        // forge-lint: disable-end(unsafe-typecast)
    }
}
