import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { privateKeyToAccount } from 'viem/accounts';
import { isHeartbeat, signHeartbeat, type HeartbeatChallenge } from '@encryptech/protocol/capacity';
import { silentLog } from '@encryptech/chain';
import { createMonitor, type Monitor } from './create-monitor.ts';

const domain = { chainId: 31337, capacity: '0x00000000000000000000000000000000000000ca' } as const;
const alpha = privateKeyToAccount(`0x${'01'.repeat(32)}`);
const stranger = privateKeyToAccount(`0x${'02'.repeat(32)}`);
describe('the monitor of heartbeats', () => {
  let kept: { epoch: number; slot: number; providers: readonly string[] }[];
  let monitor: Monitor;
  let ending: AbortController;
  beforeEach(() => {
    kept = [];
    ending = new AbortController();
    // A slot of 400 milliseconds, over and over.
    monitor = createMonitor({
      ...{ domain, log: silentLog, random: () => 0 },
      clock: () => Promise.resolve({ epoch: 10, slot: 4, leftMs: 1_300, lengthMs: 400 }),
      isKnown: (account) => Promise.resolve(account === alpha.address),
      keep: (place, providers) => Promise.resolve(void kept.push({ ...place, providers })),
    });
  });
  afterEach(() => ending.abort());
  const inSlot = async (work: (asked: HeartbeatChallenge) => Promise<void>): Promise<void> => {
    void monitor.run(ending.signal);
    await work((await monitor.question(undefined))!);
  };

  test('a question has a fresh nonce; a signed answer counts, once, for its slot', async () => {
    await inSlot(async ({ epoch, slot, nonce, openMs }) => {
      expect([epoch, slot]).toEqual([10, 4]);
      expect(openMs).toBeGreaterThan(0);
      const beat = await signHeartbeat({ provider: alpha.address, epoch, slot, nonce }, domain, alpha);
      expect(await isHeartbeat(beat, domain)).toBe(true);
      await monitor.take(beat);
      await monitor.take(beat);
      const next = await monitor.question(nonce);
      expect(next!.nonce).not.toBe(nonce);
      expect(kept).toEqual([{ epoch: 10, slot: 4, providers: [alpha.address] }]);
    });
  });

  test('wash heartbeats: for another, by a stranger, for another slot, and what comes late are refused', async () => {
    await inSlot(async ({ epoch, slot, nonce }) => {
      const say = async (signer: typeof alpha, change: object = {}) =>
        monitor.take({
          ...(await signHeartbeat({ provider: signer.address, epoch, slot, nonce }, domain, signer)),
          ...change,
        });
      await expect(say(stranger)).rejects.toMatchObject({ code: 'coordinator.unknownProvider' });
      await expect(say(stranger, { provider: alpha.address })).rejects.toMatchObject({ place: 'signature' });
      await expect(say(alpha, { slot: slot + 1 })).rejects.toMatchObject({ code: 'coordinator.expired' });
      await expect(say(alpha, { nonce: `0x${'00'.repeat(32)}` })).rejects.toMatchObject({
        code: 'coordinator.expired',
      });
      await expect(monitor.take({ provider: 'me' })).rejects.toMatchObject({ code: 'coordinator.badRequest' });
      const late = await signHeartbeat({ provider: alpha.address, epoch, slot, nonce }, domain, alpha);
      await monitor.question(nonce);
      await expect(monitor.take(late)).rejects.toMatchObject({ code: 'coordinator.expired' });
      expect(kept).toEqual([]);
    });
  });

  test('who waits is let go at the end and when it leaves', async () => {
    const leaving = new AbortController();
    const left = monitor.question(undefined, leaving.signal);
    leaving.abort();
    expect(await left).toBeUndefined();
    void monitor.run(ending.signal);
    const waiting = monitor.question('0x');
    ending.abort();
    expect(await waiting).toBeUndefined();
  });
});
