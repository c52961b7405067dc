import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerFacts, registerProvider, type ChainWriter } from '@encryptech/chain';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import { keepAskPosted } from './keep-ask-posted.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let writer: ChainWriter;
beforeAll(async () => {
  net = await startNetwork();
  await net.chain.finishSetup();
  writer = net.writer(net.chain.keys.user(1));
  await registerProvider(writer, { url: 'https://provider.example', speed: 1_000n });
});
afterAll(() => net.stop());

/** One look: the keeper ends at its first pause. */
async function look(ask: bigint): Promise<bigint> {
  const ending = new AbortController();
  const keeping = keepAskPosted({
    client: net.client,
    writer,
    ask,
    log: pino({ level: 'silent' }),
    signal: ending.signal,
  });
  const before = await net.client.public.getBlockNumber();
  await expect
    .poll(async () => (await posted()) === ask || (await net.client.public.getBlockNumber()) > before, {
      timeout: 5_000,
    })
    .toBe(true);
  ending.abort();
  await keeping;
  return posted();
}
const posted = async (): Promise<bigint> => (await providerFacts(net.client, writer.account)).ask;

test('the first rate is posted as asked; a large change takes a quarter an epoch; a right one costs nothing', async () => {
  expect(await look(8n * ENC)).toBe(8n * ENC);
  const blocks = await net.client.public.getBlockNumber();
  expect(await look(8n * ENC)).toBe(8n * ENC);
  expect(await net.client.public.getBlockNumber()).toBe(blocks);
  await net.chain.advanceTime(60);
  expect(await look(16n * ENC)).toBe(10n * ENC);
  await net.chain.advanceTime(60);
  expect(await look(16n * ENC)).toBe((125n * ENC) / 10n);
  await net.chain.advanceTime(60);
  expect(await look(12n * ENC)).toBe(12n * ENC);
});
