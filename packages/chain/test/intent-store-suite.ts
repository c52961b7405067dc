import { describe, expect, test } from 'vitest';
import type { IntentScope, NewIntent } from '../src/intents/intent.ts';
import type { IntentStore } from '../src/intents/intent-store.ts';

/** What every store of intents must do. `open` gives an empty store; `reopen` the same one after a restart of the process. */
export function intentStoreSuite(
  name: string,
  stores: { open(): Promise<IntentStore>; reopen(store: IntentStore): Promise<IntentStore> },
): void {
  const scope: IntentScope = { chain: '31337:0xaa', sender: '0x00000000000000000000000000000000000000A1' };
  const other: IntentScope = { ...scope, sender: '0x00000000000000000000000000000000000000b2' };
  const intent = (key: string, change: Partial<NewIntent> = {}): NewIntent => ({
    ...{ key, to: '0x00000000000000000000000000000000000000C3', data: '0x1234', value: 10n ** 30n, gas: undefined },
    ...change,
  });
  const sent = (nonce: number) =>
    ({ status: 'sent', nonce, transactions: [{ hash: '0xbb', raw: '0xcc' }], attempts: 1 }) as const;
  const mined = (block: bigint) =>
    ({ status: 'mined', mined: { hash: '0xbb', blockNumber: block, blockHash: '0xdd' } }) as const;

  describe(`${name}: intent store`, () => {
    test('plans an intent once; the first call of a key wins', async () => {
      const store = await stores.open();
      const first = await store.plan(scope, intent('a'));
      expect(first).toEqual({
        ...intent('a'),
        ...{ status: 'planned', nonce: undefined, transactions: [], mined: undefined, error: undefined, attempts: 0 },
      });
      expect(await store.plan(scope, intent('a', { data: '0x5678' }))).toEqual(first);
      expect(await store.plan(other, intent('a', { gas: 7n }))).toMatchObject({ gas: 7n });
      expect(await store.find(scope, 'a')).toEqual(first);
      expect(await store.find(scope, 'b')).toBeUndefined();
      await store.close();
    });

    test('changes what is named, clears what is undefined, keeps the rest, over a restart', async () => {
      let store = await stores.open();
      await store.plan(scope, intent('a'));
      await store.update(scope, 'a', sent(4));
      await store.update(scope, 'a', { ...mined(17n), error: { code: 'chain.x', message: 'm' } });
      store = await stores.reopen(store);
      expect(await store.find(scope, 'a')).toMatchObject({
        ...{ status: 'mined', nonce: 4, mined: { blockNumber: 17n, blockHash: '0xdd' }, value: 10n ** 30n },
        ...{ error: { code: 'chain.x', message: 'm' }, transactions: [{ hash: '0xbb', raw: '0xcc' }] },
      });
      const cleared = await store.update(scope, 'a', { nonce: undefined, mined: undefined, error: undefined });
      expect(cleared).toMatchObject({ status: 'mined', nonce: undefined, mined: undefined, error: undefined });
      expect(cleared.transactions).toHaveLength(1);
      await store.close();
    });

    test('a nonce belongs to one intent of an account; the loser stays as it was', async () => {
      const store = await stores.open();
      await store.plan(scope, intent('a'));
      await store.plan(scope, intent('b'));
      await store.plan(other, intent('c'));
      await store.update(scope, 'a', sent(4));
      await expect(store.update(scope, 'b', sent(4))).rejects.toMatchObject({ code: 'chain.intentConflict' });
      expect(await store.find(scope, 'b')).toMatchObject({ status: 'planned', nonce: undefined });
      await store.update(other, 'c', sent(4));
      await store.update(scope, 'a', { nonce: undefined });
      await store.update(scope, 'b', sent(4));
      await store.close();
    });

    test('lists open intents by age, mined ones by block, and knows the highest nonce', async () => {
      let store = await stores.open();
      expect(await store.highestNonce(scope)).toBeUndefined();
      for (const key of ['a', 'b', 'c', 'd']) await store.plan(scope, intent(key));
      await store.plan(other, intent('x'));
      await store.update(scope, 'c', sent(9));
      await store.update(scope, 'a', { ...sent(7), ...mined(3n) });
      await store.update(scope, 'd', { ...sent(8), ...mined(5n), status: 'reverted' });
      store = await stores.reopen(store);
      expect((await store.open(scope)).map(({ key }) => key)).toEqual(['b', 'c']);
      expect((await store.newestMined(scope, 10, 0)).map(({ key }) => key)).toEqual(['d', 'a']);
      expect((await store.newestMined(scope, 1, 1)).map(({ key }) => key)).toEqual(['a']);
      expect(await store.highestNonce(scope)).toBe(9);
      expect(await store.highestNonce(other)).toBeUndefined();
      await store.close();
    });
  });
}
