import { expect, test } from 'vitest';
import { createRefusalDelays } from './refusal-delays.ts';

test('an order waits twice as long after each refusal, ten minutes at most, and begins anew when it is matched', () => {
  const delays = createRefusalDelays();
  expect(delays.isWaiting('0x01', 0)).toBe(false);
  let now = 1_000;
  for (const delaySec of [5, 10, 20, 40, 80, 160, 320, 600, 600]) {
    delays.refused('0x01', now);
    expect(delays.isWaiting('0x01', now + delaySec - 1)).toBe(true);
    expect(delays.isWaiting('0x02', now)).toBe(false);
    now += delaySec;
    expect(delays.isWaiting('0x01', now)).toBe(false);
  }
  delays.refused('0x01', now);
  delays.matched('0x01');
  expect(delays.isWaiting('0x01', now)).toBe(false);
  delays.refused('0x01', now);
  expect(delays.isWaiting('0x01', now + 5)).toBe(false);
});

test('a refusal long ago is forgotten', () => {
  const delays = createRefusalDelays();
  delays.refused('0x01', 0);
  delays.refused('0x01', 5);
  delays.refused('0x01', 100);
  expect(delays.isWaiting('0x01', 104)).toBe(true);
  expect(delays.isWaiting('0x01', 105)).toBe(false);
});
