// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Deadlines and windows are seconds to days; the seconds by which a validator can shift a block do no harm to them.
// forge-lint: disable-start(block-timestamp)

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IJobs} from "../interfaces/IJobs.sol";
import {JobOrder} from "../interfaces/JobTypes.sol";
import {OrderHash} from "../libraries/OrderHash.sol";
import {SignatureCheck} from "../libraries/SignatureCheck.sol";

/// @title What parties of `Jobs` sign, and how they take it back.
abstract contract JobDocuments is IJobs {
    using OrderHash for JobOrder;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256("Encryptech");
    bytes32 private constant VERSION_HASH = keccak256("1");

    uint256 private immutable _CHAIN_ID;
    bytes32 private immutable _SEPARATOR;

    mapping(address signer => mapping(uint256 word => uint256)) private _cancelledNonces;

    constructor() {
        _CHAIN_ID = block.chainid;
        _SEPARATOR = _separatorNow();
    }

    /// @inheritdoc IJobs
    function cancelNonce(uint64 nonce) external {
        _cancelledNonces[msg.sender][nonce / 256] |= 2 ** (nonce % 256);
        emit NonceCancelled(msg.sender, nonce);
    }

    /// @inheritdoc IJobs
    function hashOrder(JobOrder calldata order) public view returns (bytes32) {
        return _digest(order.hash());
    }

    /// @inheritdoc IJobs
    function isNonceCancelled(address signer, uint64 nonce) public view returns (bool) {
        return _cancelledNonces[signer][nonce / 256] & (2 ** (nonce % 256)) != 0;
    }

    /// @dev Reverts unless the signer signed the digest and the document is neither over nor taken back.
    function _requireLive(address signer, uint64 nonce, uint64 expiresAt, bytes32 digest, bytes calldata signature)
        internal
        view
    {
        if (block.timestamp > expiresAt) revert JobsDocumentExpired(expiresAt);
        if (isNonceCancelled(signer, nonce)) revert JobsNonceCancelled(signer, nonce);
        _requireSigned(signer, digest, signature);
    }

    /// @dev Reverts unless the signer, a key or a wallet contract, signed the digest.
    function _requireSigned(address signer, bytes32 digest, bytes calldata signature) internal view {
        if (!SignatureCheck.isSignature(signer, digest, signature)) revert JobsBadSignature(signer);
    }

    /// @dev EIP-712 digest of a struct hash in this contract's domain. After a fork the domain follows the chain's id.
    function _digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 separator = block.chainid == _CHAIN_ID ? _SEPARATOR : _separatorNow();
        return MessageHashUtils.toTypedDataHash(separator, structHash);
    }

    function _separatorNow() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
    }
}
// forge-lint: disable-end(block-timestamp)
