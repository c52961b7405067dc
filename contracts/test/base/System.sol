// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IDatasets} from "../../src/interfaces/IDatasets.sol";
import {IEncToken} from "../../src/interfaces/IEncToken.sol";
import {ICapacity} from "../../src/interfaces/ICapacity.sol";
import {IEmissions} from "../../src/interfaces/IEmissions.sol";
import {IEntitlements} from "../../src/interfaces/IEntitlements.sol";
import {IFounderVesting} from "../../src/interfaces/IFounderVesting.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {IJobs} from "../../src/interfaces/IJobs.sol";
import {IProviders} from "../../src/interfaces/IProviders.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {ITreasury} from "../../src/interfaces/ITreasury.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {Test} from "./Test.sol";

interface IPausable {
    function pause() external;
    function unpause() external;
    function paused() external view returns (bool);
}

/// @title The whole system, deployed as contracts/README.md says.
/// @dev Deploys from artifacts: `CONTRACTS_OUT=contracts/out-release forge test` runs the same tests on release bytecode.
abstract contract System is Test {
    uint256 internal constant ENC = 1e18;
    uint256 internal constant GENESIS = 1_800_000_000;
    uint256 internal constant EPOCH = 1 days;
    uint256 internal constant UNBONDING = 30 days;
    uint32 internal constant START_WINDOW = 600;
    uint32 internal constant CONTEST_WINDOW = 3600;
    uint16 internal constant FEE_BPS = 500;
    uint16 internal constant STAKE_RATIO_BPS = 5000;
    uint256 internal constant SLOTS = 200;

    address internal team = address(0x7ea);
    address internal guardian = address(0x9a4d);
    address internal matcher = address(0x3a7c);
    uint256 internal verifierKey = 0x7e41f1e4;
    address internal founder = address(0xf0);
    address internal secondFounder = address(0xf1);

    IAccessManager internal manager;
    ITreasury internal treasury;
    ITreasury internal ecosystem;
    IEncToken internal token;
    IStaking internal staking;
    IProviders internal providers;
    IAttestations internal attestations;
    IDatasets internal datasets;
    IJobs internal jobs;
    IFounderVesting internal vesting;
    ICapacity internal capacity;
    IEntitlements internal entitlements;
    IEmissions internal emissions;
    IRewards internal rewards;

    function deploySystem() internal {
        vm.warp(GENESIS);
        manager = IAccessManager(deploy("AccessManager", abi.encode(address(this))));
        treasury = ITreasury(deploy("Treasury", abi.encode(manager)));
        ecosystem = ITreasury(deploy("Treasury", abi.encode(manager)));
        // The vesting comes next; the token pays it at genesis.
        address founders = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        token = IEncToken(deploy("EncToken", abi.encode(manager, treasury, ecosystem, founders)));
        vesting = IFounderVesting(deployVesting());
        staking = IStaking(deploy("Staking", abi.encode(manager, token, EPOCH, UNBONDING)));
        providers = IProviders(deploy("Providers", abi.encode(manager, staking)));
        attestations = IAttestations(deploy("Attestations", abi.encode(manager, token, treasury, 0)));
        datasets = IDatasets(deploy("Datasets", abi.encode(manager)));
        capacity = ICapacity(deploy("Capacity", abi.encode(manager, staking, providers, attestations, SLOTS)));
        entitlements = IEntitlements(deploy("Entitlements", abi.encode(manager, staking, capacity)));
        jobs = IJobs(deployJobs(address(token)));
        emissions = IEmissions(deploy("Emissions", abi.encode(manager, token, staking)));
        rewards = IRewards(
            deploy(
                "Rewards", abi.encode(manager, staking, providers, attestations, capacity, emissions, defaultRewards())
            )
        );
        wireRoles();
        vm.label(address(token), "EncToken");
        vm.label(address(staking), "Staking");
        vm.label(address(providers), "Providers");
        vm.label(address(datasets), "Datasets");
        vm.label(address(jobs), "Jobs");
        vm.label(address(treasury), "Treasury");
    }

    function deployJobs(address token_) internal returns (address) {
        return deploy(
            "Jobs",
            abi.encode(
                manager, token_, staking, providers, attestations, datasets, entitlements, treasury, defaultParameters()
            )
        );
    }

    /// @dev 60 M and 40 M for two founders.
    function deployVesting() private returns (address) {
        address[] memory accounts = new address[](2);
        uint96[] memory amounts = new uint96[](2);
        (accounts[0], accounts[1]) = (founder, secondFounder);
        (amounts[0], amounts[1]) = (60_000_000e18, 40_000_000e18);
        return deploy("FounderVesting", abi.encode(manager, token, GENESIS, accounts, amounts));
    }

    function defaultRewards() internal pure returns (IRewards.Parameters memory) {
        return IRewards.Parameters(0.001e18, 0.1e18, 10_000, 12_500, 16_000, 20_000);
    }

    function defaultParameters() internal pure returns (IJobs.Parameters memory) {
        return IJobs.Parameters(START_WINDOW, CONTEST_WINDOW, 1800, 60, 30, FEE_BPS, STAKE_RATIO_BPS);
    }

    function deploy(string memory name, bytes memory arguments) internal returns (address) {
        string memory out = vm.envOr("CONTRACTS_OUT", "contracts/out");
        return vm.deployCode(string.concat(out, "/", name, ".sol/", name, ".json"), arguments);
    }

    /// @dev ENC from the ecosystem fund.
    function fund(address account, uint256 amount) internal {
        vm.prank(address(ecosystem));
        vm.assertTrue(token.transfer(account, amount));
    }

    /// @dev An EIP-2612 permit of ENC with the owner's current nonce.
    function signPermit(uint256 key, address owner, address spender, uint256 amount, uint256 deadline)
        internal
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                owner,
                spender,
                amount,
                token.nonces(owner),
                deadline
            )
        );
        return vm.sign(key, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash)));
    }

    function wireRoles() private {
        manager.grantRole(Roles.TEAM, team, 0);
        manager.grantRole(Roles.PARAMETERS, team, 0);
        manager.grantRole(Roles.TREASURER, team, 0);
        manager.grantRole(Roles.GUARDIAN, guardian, 0);
        manager.grantRole(Roles.MATCHER, matcher, 0);
        manager.grantRole(Roles.VERIFIER, vm.addr(verifierKey), 0);
        manager.grantRole(Roles.JOBS, address(jobs), 0);
        manager.grantRole(Roles.MINTER, address(emissions), 0);
        manager.grantRole(Roles.REWARDS, address(rewards), 0);

        map(address(jobs), IJobs.setParameters.selector, Roles.PARAMETERS);
        map(address(attestations), IAttestations.deny.selector, Roles.GUARDIAN);
        map(address(attestations), IAttestations.allow.selector, Roles.TEAM);
        map(address(attestations), IAttestations.setThreshold.selector, Roles.PARAMETERS);
        map(address(attestations), IAttestations.setLeastBond.selector, Roles.PARAMETERS);
        map(address(token), IEncToken.mint.selector, Roles.MINTER);
        map(address(vesting), IFounderVesting.proposeRecovery.selector, Roles.TEAM);
        map(address(emissions), IEmissions.setParameters.selector, Roles.PARAMETERS);
        map(address(rewards), IRewards.setParameters.selector, Roles.PARAMETERS);
        mapPause(address(jobs));
        mapPause(address(providers));
        mapPause(address(datasets));
        mapTreasury(address(treasury));
        mapTreasury(address(ecosystem));
    }

    function mapPause(address target) private {
        map(target, IPausable.pause.selector, Roles.GUARDIAN);
        map(target, IPausable.unpause.selector, Roles.TEAM);
    }

    function mapTreasury(address target) private {
        map(target, ITreasury.spend.selector, Roles.TREASURER);
        map(target, ITreasury.setBudget.selector, Roles.TEAM);
    }

    function map(address target, bytes4 selector, uint64 role) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }
}
