import { erc20Abi, encodeFunctionData } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startNetwork();
});
afterAll(() => net.stop());

const approve = (amount: bigint) => ({
  ...{ key: `approve:${amount}`, to: net.deployment.contracts.token },
  data: encodeFunctionData({
    ...{ abi: erc20Abi, functionName: 'approve', args: [net.deployment.contracts.treasury, amount] },
  }),
});

test('a call has room for what a later second may cost, unless its limit was given', async () => {
  const writer = net.writer(net.chain.keys.named('auditor'));
  const limitOf = async (hash: `0x${string}`) => (await net.client.public.getTransaction({ hash })).gas;
  const estimated = await writer.send(approve(7n));
  expect(await limitOf(estimated.hash)).toBeGreaterThanOrEqual((estimated.gasUsed * 5n) / 4n);
  const given = await writer.send({ ...approve(8n), gas: 100_000n });
  expect(await limitOf(given.hash)).toBe(100_000n);
});

test('a call that the contract refuses is not sent, and fails with the contract’s error', async () => {
  const writer = net.writer(net.chain.keys.named('auditor'));
  const before = await net.client.public.getTransactionCount({ address: writer.account });
  const transfer = {
    ...{ key: 'transfer', to: net.deployment.contracts.token },
    data: encodeFunctionData({
      ...{ abi: erc20Abi, functionName: 'transfer', args: [writer.account, 10n ** 30n] },
    }),
  };
  for (const call of [transfer, { ...transfer, gas: 100_000n }])
    await expect(writer.send(call)).rejects.toMatchObject({ code: 'chain.erc20InsufficientBalance' });
  expect(await net.client.public.getTransactionCount({ address: writer.account })).toBe(before);
});
