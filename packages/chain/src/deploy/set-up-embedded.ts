import {
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  pad,
  toHex,
  zeroHash,
  type Address,
  type Hex,
} from 'viem';
import * as abis from '../abis.ts';
import { createChainClient, type ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { CONTRACT_NAMES, type Deployment } from '../deployment.ts';
import { chainError } from '../errors.ts';
import type { EmbeddedChain } from '../embedded/embedded-chain.ts';
import { developmentDollarBytecode } from '../generated/development-dollar-bytecode.ts';
import { medianFeedBytecode } from '../generated/median-feed-bytecode.ts';
import { DEVELOPMENT_FEEDS } from '../prices/development-feeds.ts';
import { bondEmbeddedVerifier } from './bond-embedded-verifier.ts';
import type { DeployConfig } from './deploy-config.ts';
import { executeStep } from './execute-step.ts';

const ENC = 10n ** 18n;
/** All that the ecosystem fund was given at genesis, in wei: on such a chain the team grants from it at will. */
const WHOLE_FUND = 200_000_000n * ENC;
/** No source's answer may be older, in seconds; the reporters of an embedded network speak four times as often. */
const MAX_AGE_SEC = 3_600;
const RULES = { spreadBps: 300, moveBps: 1_000, moveWindowSec: 3_600, quorum: 2 } as const;

/**
 * What an embedded chain needs beside its contracts so that money can come in: a coin and feeds of its own, assets with prices,
 * the treasury's reserve, the desk's coin, and the first version of each contract. Prices on such a chain are **development
 * prices**: the network's own keys report them, and no market is behind them.
 *
 * The faucet's first three transactions make coin and feeds; one transaction of the team does the rest, as a delayed team's multisig
 * would do it after its delay; the verifier is granted its bond and posts it. A second call finds all of it and sends nothing.
 */
export async function setUpEmbedded(
  chain: Pick<EmbeddedChain, 'rpcUrl' | 'keys'>,
  deployment: Deployment,
  { encUsdFeed, attestations }: Pick<DeployConfig, 'encUsdFeed' | 'attestations'>,
): Promise<Deployment> {
  const { rpcUrl, keys } = chain;
  const faucet = keys.named('faucet');
  const [dollar, feedA, feedB] = [0n, 1n, 2n].map((nonce) => getContractAddress({ from: faucet.address, nonce })) as [
    Address,
    Address,
    Address,
  ];
  const complete: Deployment = {
    ...deployment,
    parameters: {
      ...deployment.parameters,
      ...{ developmentDollar: dollar, developmentDollarFeedA: feedA, developmentDollarFeedB: feedB },
    },
  };
  const { reporters, ...terms } = encUsdFeed;
  const manager = deployment.contracts.accessManager;
  const feed = (description: string): Hex =>
    encodeDeployData({
      ...{ abi: abis.medianFeedAbi, bytecode: medianFeedBytecode },
      args: [manager, description, 8, { ...terms, minAnswer: 50_000_000n, maxAnswer: 200_000_000n }, [...reporters]],
    });
  const client = createChainClient({ rpcUrl, deployment: complete });
  const nonceOf = (address: Address): Promise<number> => decodingErrors(client.public.getTransactionCount({ address }));
  const made: readonly Hex[] = [
    encodeDeployData({ abi: abis.developmentDollarAbi, bytecode: developmentDollarBytecode, args: [faucet.address] }),
    feed('devUSD / USD (A)'),
    feed('devUSD / USD (B)'),
  ];
  for (let nonce = await nonceOf(faucet.address); nonce < made.length; nonce++) {
    const step = { name: 'development coin', to: undefined, data: made[nonce]! };
    await executeStep(client, step, nonce, { deployer: faucet });
  }
  if (!(await isAnnounced(client))) {
    const calls = setUpCalls(complete).map(([target, data]) =>
      encodeFunctionData({ abi: abis.accessManagerAbi, functionName: 'execute', args: [target, data] }),
    );
    const data = encodeFunctionData({ abi: abis.accessManagerAbi, functionName: 'multicall', args: [calls] });
    const team = keys.named('team');
    await executeStep(client, { name: 'set-up', to: manager, data }, await nonceOf(team.address), { deployer: team });
    if (!(await isAnnounced(client))) {
      throw chainError({
        code: 'chain.badDeployment',
        message: 'The team’s set-up of the embedded chain was reverted.',
      });
    }
  }
  await bondEmbeddedVerifier(client, keys, attestations.leastBond);
  return complete;
}

async function isAnnounced({ public: node, deployment }: ChainClient): Promise<boolean> {
  const { versions } = deployment.contracts;
  const args = [nameWord(CONTRACT_NAMES[0])] as const;
  return (
    (await decodingErrors(
      node.readContract({ address: versions, abi: abis.versionsAbi, functionName: 'count', args }),
    )) > 0n
  );
}

/** Under which name the registry of versions lists a contract: its name here, as bytes32. */
export const nameWord = (name: string): Hex => pad(toHex(name), { dir: 'right', size: 32 });

/** The team's calls, each by the role that asks for it: assets, reserve, coin, versions. */
function setUpCalls({ contracts, parameters }: Deployment): [Address, Hex][] {
  const dollar = parameters['developmentDollar'] as Address;
  const source = (feed: Address) => ({ feed, decimals: 8, maxAgeSec: MAX_AGE_SEC });
  const asset = (token: Address, bounds: { minE8: bigint; maxE8: bigint }, feeds: readonly Address[]): Hex =>
    encodeFunctionData({
      ...{ abi: abis.pricesAbi, functionName: 'setAsset' },
      args: [token, { ...bounds, ...RULES }, feeds.map(source)],
    });
  const [encFeeds, dollarFeeds] = DEVELOPMENT_FEEDS.map(({ feeds }) => feeds({ contracts, parameters })) as [
    Address[],
    Address[],
  ];
  return [
    [contracts.prices, asset(contracts.token, { minE8: 10_000n, maxE8: 10n ** 9n }, encFeeds)],
    [contracts.prices, asset(dollar, { minE8: 50_000_000n, maxE8: 200_000_000n }, dollarFeeds)],
    [
      contracts.treasury,
      encodeFunctionData({
        ...{ abi: abis.treasuryAbi, functionName: 'setReserve' },
        args: [contracts.token, 1_000_000n * ENC, 100_000_000n * ENC],
      }),
    ],
    [
      contracts.stablecoinDesk,
      encodeFunctionData({
        ...{ abi: abis.stablecoinDeskAbi, functionName: 'setCoin', args: [dollar, 10_000_000_000n, 100] },
      }),
    ],
    [
      contracts.ecosystemFund,
      encodeFunctionData({
        ...{ abi: abis.treasuryAbi, functionName: 'setBudget', args: [contracts.token, WHOLE_FUND] },
      }),
    ],
    ...CONTRACT_NAMES.map((name): [Address, Hex] => [
      contracts.versions,
      encodeFunctionData({
        ...{ abi: abis.versionsAbi, functionName: 'announce' },
        args: [nameWord(name), contracts[name], zeroHash],
      }),
    ]),
  ];
}
