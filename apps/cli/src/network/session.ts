import { access } from 'node:fs/promises';
import { createChainClient, parseDeployment, type ChainClient } from '@encryptech/chain';
import { createHttpBlobStore, type BlobStore, type SigningDomain } from '@encryptech/protocol';
import { createCoordinatorClient, type CoordinatorClient } from '@encryptech/sdk';
import { readNetworkFile, type NetworkFile } from '@encryptech/sdk/node';
import { cliError } from '../errors.ts';
import { homeOf, type Home } from '../home/home.ts';
import type { Terminal } from '../terminal.ts';

/** A command's connection to a network. Nothing is asked of it until a command does. */
export interface Session {
  home: Home;
  network: NetworkFile;
  client: ChainClient;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  domain: SigningDomain;
}

/**
 * The network that the state directory names.
 *
 * @throws `cli.noNetwork` when there is none, `sdk.badConfig`, `chain.badDeployment`
 */
export async function openSession(terminal: Terminal, dir: string | undefined): Promise<Session> {
  const home = homeOf(terminal, dir);
  const isThere = await access(home.networkFile).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    throw cliError({
      code: 'cli.noNetwork',
      message: 'There is no network in the state directory.',
      place: home.networkFile,
      hint: 'Start one with: encryptech up (in another terminal), or name a directory with --dir.',
    });
  }
  const network = await readNetworkFile(home.networkFile);
  const deployment = parseDeployment(network.deployment);
  return {
    home,
    network,
    client: createChainClient({ rpcUrl: network.rpcUrl, deployment }),
    coordinator: createCoordinatorClient({ url: network.coordinatorUrl, signal: terminal.signal }),
    blobs: createHttpBlobStore({ url: `${network.coordinatorUrl}/v1/blobs` }),
    domain: { chainId: deployment.chainId, jobs: deployment.contracts.jobs },
  };
}
