import type { LocalAccount } from 'viem';
import { createChainClient, type ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { Deployment } from '../deployment.ts';
import { chainError } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { assertRoles } from './assert-roles.ts';
import { checkDeployed } from './check-deployed.ts';
import type { DeployConfig } from './deploy-config.ts';
import { addressesOf, deploySteps } from './deploy-steps.ts';
import { executeStep } from './execute-step.ts';
import { roleTableOf } from './role-table.ts';

export interface DeployOptions {
  rpcUrl: string;
  /** A fresh account, used for nothing else: its nonce says how far the deployment has come. It keeps no right. */
  deployer: LocalAccount;
  log?: Log;
  /** Longest wait for one transaction; by default 180,000. */
  timeoutMs?: number;
}

/**
 * Deploys all contracts, gives the roles, takes the deployer's away, and reads everything back from the chain.
 *
 * Resumable: the deployer sends nothing else, so its n-th transaction is the n-th step, and a second call with the same
 * configuration goes on where the first was cut off, or only checks.
 *
 * @throws `chain.roleMismatch` `chain.badDeployment` (the deployer was used for something else, or the chain holds other
 * parameters) `chain.noGasMoney` `chain.unreachable`, and the constructors' errors for parameters out of bounds
 */
export async function deploy(config: DeployConfig, options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, deployer } = options;
  const log = options.log ?? silentLog;
  const contracts = addressesOf(deployer.address);
  const draft: Deployment = {
    ...{ version: 1, chainId: 0, genesisHash: '0x', deployedAtBlock: 0, contracts },
    parameters: parametersOf(config),
  };
  const probe = createChainClient({ rpcUrl, deployment: draft }).public;
  const chainId = await decodingErrors(probe.getChainId());
  const genesis = await decodingErrors(probe.getBlock({ blockNumber: 0n }));
  const deployment = { ...draft, chainId, genesisHash: genesis.hash };
  const client = createChainClient({ rpcUrl, deployment });

  const steps = deploySteps(config, deployer.address);
  const done = await decodingErrors(client.public.getTransactionCount({ address: deployer.address }));
  for (const [nonce, step] of steps.entries()) {
    if (nonce < done) continue;
    await executeStep(client, step, nonce, options);
    log.info({ step: step.name }, `Deployed ${nonce + 1} of ${steps.length}`);
  }
  const deployedAtBlock = await firstBlockWithCode(client);
  const complete = { ...deployment, deployedAtBlock };
  const final = createChainClient({ rpcUrl, deployment: complete });
  await checkDeployed(final, config);
  await assertRoles(final, roleTableOf(config, contracts));
  return complete;
}

/** The block in which the first contract appeared: no event of the deployment is older. Found by halving. */
async function firstBlockWithCode({ public: node, deployment }: ChainClient): Promise<number> {
  const address = deployment.contracts.accessManager;
  const missing = async (blockNumber: bigint): Promise<boolean> => {
    const code = await decodingErrors(node.getCode({ address, blockNumber }));
    return code === undefined || code === '0x';
  };
  let high = await decodingErrors(node.getBlockNumber());
  if (await missing(high)) {
    throw chainError({
      code: 'chain.badDeployment',
      message: 'The deployer has sent transactions before, and they made no AccessManager.',
      hint: 'Deploy from a fresh account.',
      data: { deployer: deployment.contracts.accessManager },
    });
  }
  let low = 0n;
  try {
    while (low < high) {
      const middle = (low + high) / 2n;
      if (await missing(middle)) low = middle + 1n;
      else high = middle;
    }
    return Number(low);
  } catch {
    // A node without old states can't tell; an earlier block costs a longer search for events, nothing else.
    return 0;
  }
}

const parametersOf = ({ delays, staking }: DeployConfig): Deployment['parameters'] => ({
  adminDelaySec: delays.admin,
  teamDelaySec: delays.team,
  parametersDelaySec: delays.parameters,
  treasurerDelaySec: delays.treasurer,
  ...staking,
});
