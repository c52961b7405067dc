// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IStablecoinDesk} from "../../src/interfaces/IStablecoinDesk.sol";

/// @title A stablecoin as the large ones are: permits, EIP-3009, decimals of its own.
contract Coin is ERC20, ERC20Permit {
    bytes32 private constant TYPE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    uint8 private immutable _DECIMALS;
    mapping(address payer => mapping(bytes32 nonce => bool)) public authorizationState;

    constructor(uint8 decimals_) ERC20("Coin", "COIN") ERC20Permit("Coin") {
        _DECIMALS = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }

    function authorizationDigest(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(TYPE, from, to, value, validAfter, validBefore, nonce)));
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        require(to == msg.sender, "not the receiver");
        require(block.timestamp > validAfter && block.timestamp < validBefore, "not valid now");
        require(!authorizationState[from][nonce], "used");
        bytes32 digest = authorizationDigest(from, to, value, validAfter, validBefore, nonce);
        require(ECDSA.recover(digest, v, r, s) == from, "bad signature");
        authorizationState[from][nonce] = true;
        _transfer(from, to, value);
    }
}

/// @title Keeps one part in a hundred of each transfer.
contract FeeCoin is Coin {
    constructor() Coin(6) {}

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), value / 100);
    }
}

/// @title Says yes and moves nothing.
contract LyingCoin is Coin {
    constructor() Coin(6) {}

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// @title Answers `false` in place of reverting.
contract QuietCoin is Coin {
    constructor() Coin(6) {}

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @title Buys again from inside its own transfer.
contract ReentrantCoin is Coin {
    IStablecoinDesk private _desk;

    constructor() Coin(6) {}

    function aim(IStablecoinDesk desk) external {
        _desk = desk;
        _mint(address(this), 1e12);
        _approve(address(this), address(desk), type(uint256).max);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (address(_desk) != address(0) && from != address(0) && from != address(this)) {
            _desk.buy(address(this), 10e6, 0, address(0xbad), block.timestamp);
        }
    }
}
