// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../interfaces/IAttestations.sol";
import {IEntitlements} from "../interfaces/IEntitlements.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {ComputeOffer, DatasetGrant, JobOrder, Match} from "../interfaces/JobTypes.sol";
import {OrderHash} from "../libraries/OrderHash.sol";
import {JobDocuments} from "./JobDocuments.sol";

/// @title The hard constraints of a match, but for money, stake and budget, which `Jobs` takes at the same time. Twin:
/// packages/market/src/check-match.ts.
abstract contract MatchChecks is JobDocuments {
    using OrderHash for *;

    uint8 private constant KINDS = 2;
    uint8 private constant KIND_RESERVED = 1;

    IProviders internal immutable _PROVIDERS;
    IAttestations private immutable _ATTESTATIONS;
    IEntitlements private immutable _ENTITLEMENTS;

    constructor(address providers, address attestations, address entitlements) {
        _PROVIDERS = IProviders(providers);
        _ATTESTATIONS = IAttestations(attestations);
        _ENTITLEMENTS = IEntitlements(entitlements);
    }

    function _checkOrder(JobOrder calldata order, bytes calldata signature, bytes32 jobId) internal view {
        if (order.units == 0 || order.steps == 0 || order.steps > type(uint24).max || order.kind >= KINDS) {
            revert JobsBadOrder();
        }
        _requireLive(order.developer, order.nonce, order.expiresAt, jobId, signature);
    }

    function _checkOffer(Match calldata proposed) internal view {
        JobOrder calldata order = proposed.order;
        ComputeOffer calldata offer = proposed.offer;
        uint256 rate = proposed.rate;
        if (rate < offer.ask || rate > order.maxRate || (order.kind == KIND_RESERVED && rate != offer.ask)) {
            revert JobsRateOutOfRange(rate, offer.ask, order.maxRate);
        }
        if (order.units > offer.maxUnits) revert JobsTooMuchWork(order.units, offer.maxUnits);
        if (order.durationSec > offer.maxDurationSec) {
            revert JobsDurationTooLong(order.durationSec, offer.maxDurationSec);
        }
        _requireLive(offer.provider, offer.nonce, offer.expiresAt, _digest(offer.hash()), proposed.offerSig);
    }

    function _checkGrant(Match calldata proposed, address datasetOwner) internal view {
        JobOrder calldata order = proposed.order;
        DatasetGrant calldata grant = proposed.grant;
        bool forDeveloper = grant.developer == address(0) || grant.developer == order.developer;
        if (grant.datasetId != order.datasetId || !forDeveloper) revert JobsGrantMismatch();
        if (grant.fee > order.maxDatasetFee) revert JobsDatasetFeeTooHigh(grant.fee, order.maxDatasetFee);
        _requireLive(datasetOwner, grant.nonce, grant.expiresAt, _digest(grant.hash()), proposed.grantSig);
    }

    function _checkProvider(JobOrder calldata order, ComputeOffer calldata offer) internal view {
        address account = offer.provider;
        (bool active, uint64 speed, uint16 reputationBps, uint96 ask) = _PROVIDERS.standing(account);
        if (!active) revert JobsProviderInactive(account);
        if (speed < order.minSpeed) revert JobsProviderTooSlow(speed, order.minSpeed);
        if (reputationBps < order.minReputationBps) {
            revert JobsReputationTooLow(reputationBps, order.minReputationBps);
        }
        // Reserved computing costs what the provider posted, or less.
        if (order.kind == KIND_RESERVED && offer.ask > ask) revert JobsAskNotPosted(offer.ask, ask);
    }

    /// @dev A reserved order uses its developer's entitlement once, at its first match.
    function _useEntitlement(JobOrder calldata order) internal {
        if (order.kind == KIND_RESERVED) _ENTITLEMENTS.use(order.developer, order.units);
    }

    function _checkLevel(address account, uint8 minLevel) internal view {
        if (minLevel == 0) return;
        uint8 level = _ATTESTATIONS.levelOf(account);
        if (level < minLevel) revert JobsLevelTooLow(level, minLevel);
    }

    function _max(uint8 a, uint8 b) internal pure returns (uint8) {
        return a > b ? a : b;
    }
}
