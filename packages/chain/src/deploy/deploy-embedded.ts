import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChainClient } from '../client/create-chain-client.ts';
import { checkDeployment } from '../client/check-deployment.ts';
import { parseDeployment, type Deployment } from '../deployment.ts';
import type { EmbeddedChain } from '../embedded/embedded-chain.ts';
import { writeFileAtomically } from '../embedded/write-file-atomically.ts';
import type { Log } from '../log.ts';
import type { DeployConfig } from './deploy-config.ts';
import { deploy } from './deploy.ts';
import { setUpEmbedded } from './set-up-embedded.ts';
import { embeddedDeployConfig } from './embedded-deploy-config.ts';

/**
 * The deployment of an embedded chain, with a coin, prices, a reserve and versions set up: deployed and written to `deployment.json` in `dir` at the first call, read and
 * checked against the chain afterwards. A chain that came back in a state before its deployment is deployed to again, at
 * the same addresses.
 *
 * @throws as `deploy` and `parseDeployment`
 */
export async function deployEmbedded(
  chain: EmbeddedChain,
  { dir, config = embeddedDeployConfig(chain.keys), log }: { dir: string; config?: DeployConfig; log?: Log },
): Promise<Deployment> {
  const file = join(dir, 'deployment.json');
  if (existsSync(file)) {
    const known = parseDeployment(JSON.parse(readFileSync(file, 'utf8')));
    try {
      await checkDeployment(createChainClient({ rpcUrl: chain.rpcUrl, deployment: known }));
      return known;
    } catch (error) {
      if (known.genesisHash === chain.genesisHash && (error as { code?: string }).code !== 'chain.badDeployment')
        throw error;
    }
  }
  const deployer = chain.keys.named('deployer');
  const deployed = await deploy(config, { rpcUrl: chain.rpcUrl, deployer, ...(log ? { log } : {}) });
  // A team that must wait, or that is somebody else, sets up what it wants by itself.
  const isOurs = config.team === chain.keys.named('team').address && config.parameters === config.team;
  const waits = config.delays.team + config.delays.parameters > 0;
  const deployment = isOurs && !waits ? await setUpEmbedded(chain, deployed, config) : deployed;
  await chain.save();
  writeFileAtomically(file, `${JSON.stringify(deployment, null, 2)}\n`, 0o644);
  return deployment;
}
