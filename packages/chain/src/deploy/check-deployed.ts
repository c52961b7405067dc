import { encTokenAbi, jobsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { CONTRACT_NAMES } from '../deployment.ts';
import { chainError } from '../errors.ts';
import type { DeployConfig } from './deploy-config.ts';

const ENC = 10n ** 18n;
/** What the token makes at genesis, in wei: 300 M for the treasury, 200 M for the ecosystem, 100 M for founders. */
const TREASURY_GENESIS = 300_000_000n * ENC;
const ECOSYSTEM_GENESIS = 200_000_000n * ENC;
const FOUNDERS_GENESIS = 100_000_000n * ENC;

/**
 * Resolves when every contract is on the chain and holds what the configuration says.
 *
 * @throws `chain.badDeployment` with each difference in `data`
 */
export async function checkDeployed(client: ChainClient, config: DeployConfig): Promise<void> {
  const { public: node, deployment } = client;
  const { contracts } = deployment;
  const codes = await decodingErrors(
    Promise.all(CONTRACT_NAMES.map((name) => node.getCode({ address: contracts[name] }))),
  );
  const absent = CONTRACT_NAMES.filter((_, index) => (codes[index] ?? '0x') === '0x');
  if (absent.length > 0) throw differs(absent.map((name) => `${name} is not on the chain`));

  const staking = { address: contracts.staking, abi: stakingAbi } as const;
  const token = { address: contracts.token, abi: encTokenAbi } as const;
  const [parameters, epochLength, unbonding, supply] = await decodingErrors(
    Promise.all([
      node.readContract({ address: contracts.jobs, abi: jobsAbi, functionName: 'parameters' }),
      node.readContract({ ...staking, functionName: 'EPOCH_LENGTH' }),
      node.readContract({ ...staking, functionName: 'UNBONDING_PERIOD' }),
      node.readContract({ ...token, functionName: 'totalSupply' }),
    ]),
  );
  const wanted = Object.entries(config.jobs) as [keyof typeof parameters, number][];
  const differences = [
    ...wanted
      .filter(([name, value]) => parameters[name] !== value)
      .map(([name]) => `jobs.${name} is ${parameters[name]}, not ${config.jobs[name]}`),
    ...(epochLength === BigInt(config.staking.epochLengthSec) ? [] : [`an epoch is ${epochLength} s`]),
    ...(unbonding === BigInt(config.staking.unbondingPeriodSec) ? [] : [`unbonding takes ${unbonding} s`]),
    ...(supply >= TREASURY_GENESIS + ECOSYSTEM_GENESIS + FOUNDERS_GENESIS ? [] : [`the supply is ${supply} wei`]),
  ];
  if (differences.length > 0) throw differs(differences);
}

function differs(differences: string[]): Error {
  return chainError({
    code: 'chain.badDeployment',
    message: 'What is on the chain is not what the configuration says.',
    hint: 'Was the deployer used before, or the configuration changed? Deploy from a fresh account.',
    data: { differences },
  });
}
