import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { developmentDollarAbi, stablecoinDeskAbi, treasuryAbi, versionsAbi } from '../abis.ts';
import { createChainClient } from '../client/create-chain-client.ts';
import { chainTime } from '../client/chain-time.ts';
import { assertRoles } from '../deploy/assert-roles.ts';
import { deployEmbedded } from '../deploy/deploy-embedded.ts';
import { embeddedDeployConfig } from '../deploy/embedded-deploy-config.ts';
import { roleTableOf } from '../deploy/role-table.ts';
import { nameWord } from '../deploy/set-up-embedded.ts';
import { CONTRACT_NAMES } from '../deployment.ts';
import { accountBalances } from '../read/account-balances.ts';
import { callContract } from '../write/call-contract.ts';
import { priceFacts } from './price-facts.ts';
import { reportDevelopmentPrices } from './report-development-prices.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
beforeAll(async () => {
  net = await startNetwork();
  await net.chain.finishSetup();
});
afterAll(() => net.stop());

const reporters = () => (['reporterA', 'reporterB'] as const).map((name) => net.writer(net.chain.keys.named(name)));

test('an embedded chain has its assets, reserve, coin and versions set up, and the final role table stands', async () => {
  const { client, deployment, chain } = net;
  const { contracts } = deployment;
  await assertRoles(client, roleTableOf(embeddedDeployConfig(chain.keys), contracts));
  const reserve = await client.public.readContract({
    ...{ address: contracts.treasury, abi: treasuryAbi, functionName: 'reserve', args: [contracts.token] },
  });
  expect(reserve).toMatchObject({ limit: 1_000_000n * ENC, floor: 100_000_000n * ENC });
  for (const name of CONTRACT_NAMES) {
    const [target] = await client.public.readContract({
      ...{ address: contracts.versions, abi: versionsAbi, functionName: 'current', args: [nameWord(name)] },
    });
    expect(target).toBe(contracts[name]);
  }
  // Reads the file, asks the chain, and sends nothing.
  const blocks = await client.public.getBlockNumber();
  expect(await deployEmbedded(chain, { dir: net.dir })).toEqual(deployment);
  expect(await client.public.getBlockNumber()).toBe(blocks);
});

test('prices are reported, said to be development prices, renewed when they age, and missing with a reason', async () => {
  const { client, chain } = net;
  expect(await priceFacts(client)).toMatchObject({ encUsdE8: undefined, isDevelopment: true });
  expect(await reportDevelopmentPrices(client, reporters())).toBe(8);
  expect(await priceFacts(client)).toMatchObject({ encUsdE8: 25_000_000n, problem: undefined, isDevelopment: true });
  expect(await reportDevelopmentPrices(client, reporters())).toBe(0);
  await chain.advanceTime(3_601);
  const stale = await priceFacts(client);
  expect(stale.encUsdE8).toBeUndefined();
  expect(stale.problem).toMatch(/^chain\.prices/);
  expect(await reportDevelopmentPrices(client, reporters())).toBe(8);
  expect((await priceFacts(client)).encUsdE8).toBe(25_000_000n);
  // A network of others has no such feeds: nothing is sent there.
  const other = { ...net.deployment, parameters: {} };
  const elsewhere = createChainClient({ rpcUrl: chain.rpcUrl, deployment: other });
  expect((await priceFacts(elsewhere)).isDevelopment).toBe(false);
});

test('the desk sells ENC for the development coin at that price, less its fee', async () => {
  const { client, chain, deployment } = net;
  const faucet = chain.keys.named('faucet');
  const writer = net.writer(faucet);
  const coin = deployment.parameters['developmentDollar'] as `0x${string}`;
  const { stablecoinDesk } = deployment.contracts;
  const { encodeFunctionData } = await import('viem');
  const approve = encodeFunctionData({
    ...{ abi: developmentDollarAbi, functionName: 'approve', args: [stablecoinDesk, 10_000_000n] },
  });
  await writer.send({ key: 'approve', to: coin, data: approve });
  const before = (await accountBalances(client, faucet.address)).enc;
  await callContract(writer, {
    ...{ key: 'buy', contract: 'stablecoinDesk', abi: stablecoinDeskAbi, functionName: 'buy' },
    args: [coin, 10_000_000n, 39n * ENC, faucet.address, BigInt((await chainTime(client)) + 60)],
  });
  // 10 dollars at 0.25 are 40 ENC; half a per cent is the fee.
  expect((await accountBalances(client, faucet.address)).enc - before).toBe((398n * ENC) / 10n);
});
