import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMarket, type Market } from '../../test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { readEconomy } from '../economy/economy.ts';
import { stakeFacts } from '../read/stake-facts.ts';
import { expire } from '../write/expire.ts';
import { executeFault, withdrawFromFaults } from './decide-fault.ts';
import { faultBalance, listFaults } from './fault-facts.ts';
import { faultEvidence } from './fault-evidence.ts';
import { faultBond, proposeFault } from './propose-fault.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let market: Market;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
});
afterAll(() => net.stop());

test('an attempt that nobody started: anybody reports it, the stake pays, reporter and injured have their share', async () => {
  const { client } = net;
  const { developer, provider } = market.people;
  const match = await market.newMatch(1n);
  await market.propose(match);
  await net.chain.advanceTime(61);
  const jobId = market.jobOf(match);
  const early = { evidence: faultEvidence.late(jobId, 1), bond: await faultBond(client), key: 'early' };
  await expect(proposeFault(market.writers.developer, early)).rejects.toMatchObject({
    code: expect.stringMatching(/^chain\.fault/) as string,
  });
  await expire(market.writers.matcher, { jobId, attempt: 1 });
  const before = (await stakeFacts(client, provider.address)).provide.active;
  const { faultId } = await proposeFault(market.writers.developer, { ...early, key: 'late' });
  expect(await listFaults(client, provider.address)).toMatchObject([{ id: faultId, kind: 'late', state: 'proposed' }]);
  expect((await readEconomy(client)).addsUp).toBe(true);
  await expect(executeFault(market.writers.developer, { faultId, key: 'soon' })).rejects.toMatchObject({
    code: 'chain.faultsTooEarly',
  });
  await net.chain.advanceTime(120);
  await executeFault(market.writers.developer, { faultId, key: 'execute' });
  const [executed] = await listFaults(client);
  // 1 % of the 50 ENC that the job locked.
  expect(executed).toMatchObject({ state: 'executed', penalty: ENC / 2n, taken: ENC / 2n });
  expect(before - (await stakeFacts(client, provider.address)).provide.active).toBe(ENC / 2n);
  // The bond of 1 ENC, and as reporter and injured 20 % and 50 % of the penalty.
  const balance = await faultBalance(client, developer.address);
  expect(balance).toBe(ENC + (ENC * 35n) / 100n);
  await withdrawFromFaults(market.writers.developer, { amount: balance, key: 'withdraw' });
  expect((await readEconomy(client)).addsUp).toBe(true);
});
