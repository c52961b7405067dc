import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chainTime, silentLog } from '@encryptech/chain';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { receiptIdOf, signWebhook, startGateway, type Gateway } from '../src/index.ts';
import { paidEvent, reversalEvent } from './events.ts';
import { SECRET, startGatewayNetwork, writeGatewayConfig, type GatewayNetwork } from './gateway-network.ts';

const ENC = 10n ** 18n;
/** 50 dollars less 1 % at 0.25 dollars. */
const FIFTY_DOLLARS = 198n * ENC;

let net: GatewayNetwork;
let customers = 0;
const newCustomer = (): Address => `0x${(0xc5_000 + customers++).toString(16).padStart(40, '0')}`;
const waitFor = <T>(look: () => Promise<T> | T): Promise<T> => vi.waitFor(look, { timeout: 40_000, interval: 30 });

beforeAll(async () => {
  net = await startGatewayNetwork();
});
afterAll(async () => {
  await net.stop();
});

const post = async (url: string, event: unknown, { secret = SECRET, lateSec = 0 } = {}) => {
  const body = JSON.stringify(event);
  const header = signWebhook(body, { secret, atSec: Math.floor(Date.now() / 1000) - lateSec });
  const headers = { 'stripe-signature': header, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/webhooks/stripe`, { method: 'POST', body, headers });
  return { status: answer.status, body: (await answer.json()) as { result?: string; error?: { code: string } } };
};

const receipt = async (url: string, id: string) => {
  const answer = await fetch(`${url}/v1/receipts/${receiptIdOf(id)}`);
  return (await answer.json()) as {
    state: string;
    encOutWei?: string;
    transaction?: Hex;
    reason?: { code: string };
    reversed?: string;
    error?: { code: string };
  };
};

const paid = async (id: string, account: string | undefined, amount = 5_000, currency = 'usd') =>
  paidEvent({
    ...{ id, amount, currency, createdSec: await chainTime(net.client) },
    metadata: account === undefined ? {} : { encryptech_account: account, encryptech_min_wei: '1' },
  });

async function withGateway<T>(config: string, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await startGateway(config, { log: silentLog });
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

describe('the fiat gateway on a real chain', () => {
  it('credits a payment once, however often it hears of it', async () => {
    await net.report();
    const customer = newCustomer();
    const event = await paid('pi_once', customer);
    await withGateway(await writeGatewayConfig(net, 'once'), async ({ url }) => {
      expect(await post(url, event)).toEqual({ status: 200, body: { result: 'taken' } });
      expect(await post(url, event)).toEqual({ status: 200, body: { result: 'known' } });
      await waitFor(async () => expect((await receipt(url, 'pi_once')).state).toBe('credited'));
      expect(await post(url, { ...event, id: 'evt_another' })).toEqual({ status: 200, body: { result: 'known' } });
      const { encOutWei, transaction } = await receipt(url, 'pi_once');
      expect(encOutWei).toBe(FIFTY_DOLLARS.toString());
      expect(transaction).toMatch(/^0x[0-9a-f]{64}$/);
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok', payments: { credited: 1 } });
    });
    expect(await net.balance(customer)).toBe(FIFTY_DOLLARS);
    expect(await net.credits(receiptIdOf('pi_once'))).toBe(1);
  });

  it('refuses what the processor did not sign, what is old, and what is too large', async () => {
    const event = await paid('pi_forged', newCustomer());
    await withGateway(await writeGatewayConfig(net, 'forged'), async ({ url }) => {
      const forged = await post(url, event, { secret: 'whsec_development_of_another' });
      expect([forged.status, forged.body.error?.code]).toEqual([400, 'gateway.badSignature']);
      const replayed = await post(url, event, { lateSec: 301 });
      expect([replayed.status, replayed.body.error?.code]).toEqual([400, 'gateway.badTime']);
      const real = await post(url, { ...event, livemode: true });
      expect([real.status, real.body.error?.code]).toEqual([400, 'gateway.wrongMode']);
      const large = await post(url, { ...event, padding: 'x'.repeat(300_000) });
      expect([large.status, large.body.error?.code]).toEqual([413, 'gateway.bodyTooLarge']);
      expect((await receipt(url, 'pi_forged')).error?.code).toBe('gateway.notFound');
      expect((await fetch(`${url}/v1/webhooks/stripe`)).status).toBe(404);
    });
  });

  it('takes each secret while one is replaced', async () => {
    const config = await writeGatewayConfig(net, 'rotation', { secrets: `whsec_development_new\n${SECRET}` });
    await withGateway(config, async ({ url }) => {
      const ignored = { ...(await paid('pi_x', newCustomer())), type: 'customer.created' };
      expect((await post(url, ignored)).body.result).toBe('ignored');
      expect((await post(url, ignored, { secret: 'whsec_development_new' })).body.result).toBe('ignored');
    });
  });

  it('keeps what it cannot credit for a person, with the reason', async () => {
    await withGateway(await writeGatewayConfig(net, 'refused'), async ({ url }) => {
      await post(url, await paid('pi_nobody', undefined));
      await post(url, await paid('pi_francs', newCustomer(), 100, 'xpf'));
      await post(url, await paid('pi_much', newCustomer(), 10_000_000));
      const codeOf = async (id: string) => {
        const { state, reason } = await receipt(url, id);
        return [state, reason?.code];
      };
      await waitFor(async () => expect(await codeOf('pi_nobody')).toEqual(['refused', 'gateway.noAccount']));
      await waitFor(async () => expect(await codeOf('pi_francs')).toEqual(['refused', 'gateway.unsupportedCurrency']));
      await waitFor(async () => expect(await codeOf('pi_much')).toEqual(['refused', 'chain.gatewayPaymentLimit']));
    });
  });

  it('waits for a price over a restart, and holds back what was refunded meanwhile', async () => {
    const [first, second] = [newCustomer(), newCustomer()];
    // Two hours later nobody has reported: the feeds are stale.
    await net.client.public.request({ method: 'evm_increaseTime', params: [7_200] } as never);
    await net.client.public.request({ method: 'evm_mine', params: [] } as never);
    const config = await writeGatewayConfig(net, 'waiting');
    await withGateway(config, async ({ url }) => {
      await post(url, await paid('pi_patient', first));
      await post(url, await paid('pi_refunded', second));
      await waitFor(async () =>
        expect(await receipt(url, 'pi_patient')).toMatchObject({
          ...{ state: 'received', reason: { code: 'chain.pricesStale' } },
        }),
      );
      expect((await post(url, reversalEvent('pi_refunded', 'charge.refunded'))).body.result).toBe('taken');
      expect((await post(url, reversalEvent('pi_refunded', 'charge.refunded'))).body.result).toBe('known');
    });
    await net.report();
    await withGateway(config, async ({ url }) => {
      await waitFor(async () => expect((await receipt(url, 'pi_patient')).state).toBe('credited'));
      expect(await receipt(url, 'pi_refunded')).toMatchObject({ state: 'held', reason: { code: 'gateway.refunded' } });
      // A dispute after the credit is on record for a person; nothing is taken back.
      await post(url, reversalEvent('pi_patient', 'charge.dispute.created'));
      expect(await receipt(url, 'pi_patient')).toMatchObject({ state: 'credited', reversed: 'disputed' });
      // A refund that is heard of before its payment.
      await post(url, reversalEvent('pi_early', 'charge.refunded'));
      await post(url, await paid('pi_early', second));
      expect((await receipt(url, 'pi_early')).state).toBe('held');
    });
    expect(await net.balance(first)).toBe(FIFTY_DOLLARS);
    expect(await net.balance(second)).toBe(0n);
  });

  it('loses nothing and repeats nothing when it is killed again and again', async () => {
    await net.report();
    const config = await writeGatewayConfig(net, 'killed');
    const customer = newCustomer();
    const ids = Array.from({ length: 12 }, (_, i) => `pi_killed_${i}`);
    const events = await Promise.all(ids.map((id) => paid(id, customer, 500)));
    for (const [round, pauseMs] of [20, 60, 120].entries()) {
      const { process, url } = await inAProcess(config);
      for (const event of events.slice(round * 4, round * 4 + 4)) expect((await post(url, event)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      process.kill('SIGKILL');
      await new Promise((resolve) => process.once('exit', resolve));
    }
    // A line that the last kill might have cut short.
    appendFileSync(join(dirname(config), 'state', 'payments.jsonl'), '{"paymentId":"pi_half');
    await withGateway(config, async ({ url }) => {
      for (const id of ids) await waitFor(async () => expect((await receipt(url, id)).state).toBe('credited'));
    });
    for (const id of ids) expect(await net.credits(receiptIdOf(id))).toBe(1);
    expect(await net.balance(customer)).toBe((12n * FIFTY_DOLLARS) / 10n);
  });

  it('finds on the chain what a gateway with a lost folder credited', async () => {
    const customer = newCustomer();
    const event = await paid('pi_lost', customer);
    for (const name of ['lost-1', 'lost-2']) {
      await withGateway(await writeGatewayConfig(net, name), async ({ url }) => {
        await post(url, event);
        await waitFor(async () => expect((await receipt(url, 'pi_lost')).state).toBe('credited'));
      });
    }
    expect(await net.balance(customer)).toBe(FIFTY_DOLLARS);
    expect(await net.credits(receiptIdOf('pi_lost'))).toBe(1);
  });

  it('does not start on a production network with a development secret, nor twice in one folder', async () => {
    const production = await writeGatewayConfig(net, 'production', { profile: 'production' });
    await expect(startGateway(production, { log: silentLog })).rejects.toMatchObject({ code: 'gateway.badSecret' });
    const config = await writeGatewayConfig(net, 'twice');
    await withGateway(config, async () => {
      await expect(startGateway(config, { log: silentLog })).rejects.toMatchObject({ code: 'chain.storeFailed' });
    });
    await withGateway(config, async ({ url }) => expect((await fetch(`${url}/health`)).status).toBe(200));
  });

  it('writes no secret down', () => {
    for (const file of ['payments.jsonl', 'intents.jsonl']) {
      expect(readFileSync(join(net.dir, 'once', 'state', file), 'utf8')).not.toContain(SECRET);
    }
  });
});

async function inAProcess(config: string): Promise<{ process: ChildProcess; url: string }> {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts');
  const process = fork(main, [config], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const url = await new Promise<string>((resolve, reject) => {
    process.once('message', (message: { url: string }) => resolve(message.url));
    process.once('exit', (code) => reject(new Error(`The gateway ended with ${code}.`)));
  });
  return { process, url };
}
