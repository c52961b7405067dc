// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFaults} from "../interfaces/IFaults.sol";

/// @title Bounds of what the role PARAMETERS may announce for faults. The bounds are code: nobody can move them.
/// @dev The treasury's share, what reporter and injured leave over, is never below a fifth: a provider that reports itself under
/// other names always loses that much.
library FaultParameters {
    uint256 internal constant BPS = 10_000;
    uint256 private constant MAX_SHARED_BPS = 8_000;

    /// @dev Windows 5 s to 30 days; bond one gwei to 100,000 ENC; shares at most 30 % and 60 %.
    function bounds() internal pure returns (IFaults.Parameters memory least, IFaults.Parameters memory most) {
        least = IFaults.Parameters(5 seconds, 5 seconds, 1e9, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 100, 1, 1);
        most = IFaults.Parameters({
            reportWindow: 30 days,
            contestWindow: 14 days,
            bond: 100_000e18,
            lateBps: 500,
            lateMaxBps: 1_000,
            unavailableBps: 500,
            notServedBps: 2_000,
            attestationBps: 5_000,
            wrongResultBps: 10_000,
            privacyBps: 10_000,
            twoResultsBps: 10_000,
            reporterBps: 3_000,
            injuredBps: 6_000,
            mostAbsentBps: 9_900,
            auditQuorum: 16,
            toleranceMicro: 1e6
        });
    }

    /// @dev True when each parameter lies within its bounds, severities do not fall from row to row of the design's table, and
    /// windows leave time to reach unbonding stake.
    function isWithinBounds(IFaults.Parameters memory p, uint256 unbondingPeriod) internal pure returns (bool) {
        (IFaults.Parameters memory a, IFaults.Parameters memory b) = bounds();
        bool within = p.reportWindow >= a.reportWindow && p.reportWindow <= b.reportWindow
            && p.contestWindow >= a.contestWindow && p.contestWindow <= b.contestWindow && p.bond >= a.bond
            && p.bond <= b.bond && p.reporterBps <= b.reporterBps && p.injuredBps <= b.injuredBps
            && uint256(p.reporterBps) + p.injuredBps <= MAX_SHARED_BPS && p.mostAbsentBps >= a.mostAbsentBps
            && p.mostAbsentBps <= b.mostAbsentBps && p.auditQuorum >= a.auditQuorum && p.auditQuorum <= b.auditQuorum
            && p.toleranceMicro >= a.toleranceMicro && p.toleranceMicro <= b.toleranceMicro;
        bool severities = p.lateBps >= a.lateBps && p.lateBps <= b.lateBps && p.lateMaxBps >= p.lateBps
            && p.lateMaxBps <= b.lateMaxBps && p.unavailableBps >= a.unavailableBps
            && p.unavailableBps <= b.unavailableBps && p.notServedBps >= p.lateMaxBps
            && p.notServedBps <= b.notServedBps && p.attestationBps >= p.notServedBps
            && p.attestationBps <= b.attestationBps && p.wrongResultBps >= p.attestationBps
            && p.wrongResultBps <= b.wrongResultBps && p.privacyBps >= p.wrongResultBps && p.privacyBps <= b.privacyBps
            && p.twoResultsBps >= p.privacyBps && p.twoResultsBps <= b.twoResultsBps;
        // Report, contest, answer, and one more to execute.
        return within && severities && uint256(p.reportWindow) + 3 * uint256(p.contestWindow) <= unbondingPeriod;
    }

    /// @dev Most of the stake at risk that a fault of this kind takes, in basis points.
    function severityOf(IFaults.Parameters memory p, IFaults.Kind kind) internal pure returns (uint16) {
        if (kind == IFaults.Kind.Late) return p.lateMaxBps;
        if (kind == IFaults.Kind.Unavailable) return p.unavailableBps;
        if (kind == IFaults.Kind.NotServed) return p.notServedBps;
        if (kind == IFaults.Kind.Attestation) return p.attestationBps;
        if (kind == IFaults.Kind.WrongResult) return p.wrongResultBps;
        return kind == IFaults.Kind.Privacy ? p.privacyBps : p.twoResultsBps;
    }
}
