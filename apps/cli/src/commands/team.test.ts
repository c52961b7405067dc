import { embeddedDeployConfig, jobParameters } from '@encryptech/chain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChainHome, type ChainHome } from '../../test/chain-home.ts';

interface Shown {
  parameters: { name: string; value: string; bounds: [string, string] | null; role: string; delaySec: number }[];
  scheduled: { id: string; functionName: string; isReady: boolean }[];
}

describe('a team whose role PARAMETERS waits an hour', () => {
  let home: ChainHome;
  beforeAll(async () => {
    home = await startChainHome((keys) => {
      const config = embeddedDeployConfig(keys);
      return { ...config, delays: { ...config.delays, parameters: 3_600 } };
    });
  }, 240_000);
  afterAll(() => home.stop());
  const shown = async () => (await home.say('team', 'show', '--json')).json<Shown>();

  test('show lists every parameter with bounds, role and delay', async () => {
    const { parameters, scheduled } = await shown();
    expect(parameters.find(({ name }) => name === 'jobs.feeBps')).toMatchObject({
      ...{ value: '500', bounds: ['0', '1000'], role: 'parameters', delaySec: 3_600 },
    });
    expect(scheduled).toEqual([]);
    const { out } = await home.say('team', 'show');
    expect(out).toMatch(/jobs\.feeBps +500 +0 … 1000 +parameters, after 3600 s/);
    expect(out).toContain('Nothing is scheduled.');
  });

  test('a dry run says what would be done and does nothing', async () => {
    const { code, out } = await home.say('team', 'schedule', 'jobs.feeBps', '400', '--dry-run');
    expect(code).toBe(0);
    expect(out).toBe(
      'Would schedule, at the earliest in 3600 s, jobs.feeBps from 500 to 400 with the role parameters.',
    );
    expect((await shown()).scheduled).toEqual([]);
  });

  test('nothing happens without a yes', async () => {
    const { code, json } = await home.say('team', 'schedule', 'jobs.feeBps', '400', '--json');
    expect([code, json()['code']]).toEqual([2, 'cli.notConfirmed']);
  });

  test('scheduled, too early, executed in time', async () => {
    const { json } = await home.say('team', 'schedule', 'jobs.feeBps', '400', '--yes', '--json');
    const { id, action } = json<{ id: string; action: string }>();
    expect(action).toBe('schedule');
    expect((await shown()).scheduled).toMatchObject([{ id, functionName: 'setParameters', isReady: false }]);
    const early = await home.say('team', 'execute', id, '--yes', '--json');
    expect([early.code, early.json()['code']]).toEqual([3, 'chain.accessManagerNotReady']);
    await home.chain.advanceTime(3_600);
    expect((await home.say('team', 'execute', id.slice(0, 10), '--yes')).code).toBe(0);
    expect((await jobParameters(home.client)).feeBps).toBe(400);
  });

  test('scheduled and cancelled', async () => {
    const { id } = (await home.say('team', 'schedule', 'jobs.feeBps', '300', '--yes', '--json')).json<{ id: string }>();
    expect((await home.say('team', 'cancel', id, '--yes')).code).toBe(0);
    expect((await shown()).scheduled).toEqual([]);
    const again = await home.say('team', 'cancel', id, '--yes', '--json');
    expect([again.code, again.json()['code']]).toEqual([2, 'cli.badOption']);
  });

  test('a value out of bounds and an account without the role are refused before anything is sent', async () => {
    const high = await home.say('team', 'schedule', 'jobs.feeBps', '1001', '--yes', '--json');
    expect([high.code, high.json()['code']]).toEqual([2, 'chain.badChange']);
    const nobody = await home.say('team', 'schedule', 'jobs.feeBps', '400', '--as', 'eve', '--yes', '--json');
    expect([nobody.code, nobody.json()['code']]).toEqual([2, 'cli.noAccount']);
  });

  test('the guardian pauses at once', async () => {
    const { json } = await home.say('team', 'schedule', 'jobs.pause', '--yes', '--json');
    expect(json()).toMatchObject({ action: 'execute', role: 'guardian', delaySec: 0 });
    const { code } = await home.say('team', 'schedule', 'jobs.unpause', '--yes');
    expect(code).toBe(0);
  });
});
