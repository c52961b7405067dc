import { chainError } from '../errors.ts';
import type { ChainClient } from './create-chain-client.ts';
import { decodingErrors } from './decode-chain-error.ts';

/**
 * Resolves when the node serves the deployment's chain and holds its contracts.
 *
 * @throws `chain.wrongChain` `chain.badDeployment` `chain.unreachable`
 */
export async function checkDeployment({ public: node, deployment, rpcUrl }: ChainClient): Promise<void> {
  const chainId = await decodingErrors(node.getChainId());
  const genesis = await decodingErrors(node.getBlock({ blockNumber: 0n }));
  if (chainId !== deployment.chainId || genesis.hash !== deployment.genesisHash) {
    throw chainError({
      code: 'chain.wrongChain',
      message:
        chainId === deployment.chainId
          ? 'The node serves another chain of the same id: it was begun anew since the deployment.'
          : `The node serves chain ${chainId}, the deployment is on chain ${deployment.chainId}.`,
      hint: 'Check the RPC address, and take the deployment document of the network that you mean.',
      data: { rpcUrl: withoutSecrets(rpcUrl), chainId, expected: deployment.chainId },
    });
  }
  const code = await decodingErrors(node.getCode({ address: deployment.contracts.jobs }));
  if (code === undefined || code === '0x') {
    throw chainError({
      code: 'chain.badDeployment',
      message: 'The deployment’s contracts are not on this chain.',
      place: 'contracts.jobs',
      hint: 'The node may still be syncing, or the chain went back to before the deployment.',
      retry: 'later',
    });
  }
}

/** Hosted nodes carry an access key in the address. */
const withoutSecrets = (url: string): string => {
  try {
    return new URL(url).origin;
  } catch {
    return '';
  }
};
