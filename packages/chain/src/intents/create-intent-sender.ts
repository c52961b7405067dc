import type { LocalAccount } from 'viem';
import type { ChainCall, MinedTransaction } from '../client/chain-writer.ts';
import { checkDeployment } from '../client/check-deployment.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { chainError } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { awaitIntent, receiptOf, record } from './await-intent.ts';
import { createLane } from './create-lane.ts';
import { hasForgotten } from './has-forgotten.ts';
import type { Intent } from './intent.ts';
import type { IntentSender, Recovery } from './intent-sender.ts';
import type { IntentStore } from './intent-store.ts';
import { revisitIntents } from './revisit-intents.ts';
import { isOpen, type Sending } from './sending.ts';
import { signIntent } from './sign-intent.ts';

/** The id of a chain where blocks are never undone by consensus, only by going back to an older state. */
const EMBEDDED = 31337;

export interface IntentSenderOptions {
  client: ChainClient;
  /** An account of this program's own: transactions that somebody else sends from it are survived, not wished for. */
  account: LocalAccount;
  store: IntentStore;
  log?: Log;
  /** Longest wait for one intent to be mined; by default 120,000. It stays open after that. */
  timeoutMs?: number;
  /** After that long without a receipt a transaction is signed again for a higher fee; by default 30,000. */
  bumpAfterMs?: number;
  /** Blocks after which a nonce that a foreign transaction used counts as gone; by default 12, on chain 31337 0. */
  finalityBlocks?: number;
}

/**
 * The durable writer of an account (see {@link IntentSender}). Before it resolves, all that an earlier run left open is in
 * line with the chain and handed to the node again; `recovered` resolves when it is decided.
 *
 * Each key is executed at most once. Calling `send` again with a key
 * - that was executed returns the same transaction;
 * - that is under way waits for it;
 * - that failed or reverted tries again, also with other data: nothing happened under that key.
 *
 * @throws `chain.unreachable` `chain.wrongChain` `chain.badDeployment`; from `send` also `chain.intentConflict` when the key stands for another call
 */
export async function createIntentSender(
  options: IntentSenderOptions,
): Promise<IntentSender & { recovered: Promise<Recovery> }> {
  const { client, account, store } = options;
  const { deployment } = client;
  await checkDeployment(client);
  const closer = new AbortController();
  const sending: Sending = {
    ...{ client, account, store, log: options.log ?? silentLog, inTurn: createLane() },
    closing: closer.signal,
    scope: { chain: `${deployment.chainId}:${deployment.genesisHash}`, sender: account.address },
    timeoutMs: options.timeoutMs ?? 120_000,
    bumpAfterMs: options.bumpAfterMs ?? 30_000,
    finalityBlocks: options.finalityBlocks ?? (deployment.chainId === EMBEDDED ? 0 : 12),
    bringBack: async () => {
      const decided = decide(await revisitIntents(sending, (key) => underWay.has(key)));
      decided.catch((error: unknown) => sending.log.error({ error: String(error) }, 'Recovery failed'));
    },
  };
  const { scope, inTurn } = sending;
  const underWay = new Map<string, Promise<MinedTransaction>>();

  const lookAfter = (key: string, work: () => Promise<MinedTransaction>): Promise<MinedTransaction> => {
    const running = work().finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };

  const send = async (call: ChainCall): Promise<MinedTransaction> => {
    const { key, to, data, value = 0n, gas } = call;
    const wanted = { key, to, data, value, gas };
    const intent = await inTurn(async () => {
      const known = await store.plan(scope, wanted);
      if (sameCall(known, wanted)) return known;
      if (isOpen(known) ? known.status === 'sent' : known.status === 'mined') throw conflict(key);
      return store.update(scope, key, { to, data, value, gas });
    });
    const running = underWay.get(key);
    if (running) return running;
    return lookAfter(key, async () => {
      if (intent.status === 'mined') {
        const receipt = await receiptOf(sending, intent);
        if (receipt) return record(sending, intent, receipt);
        return awaitIntent(sending, await store.update(scope, key, { status: 'sent', mined: undefined }));
      }
      const sign = async (): Promise<Intent> => {
        // What it builds on may be gone; then it comes first.
        if (await hasForgotten(sending)) await sending.bringBack();
        return signIntent(sending, intent);
      };
      const sent = intent.status === 'sent' ? intent : await inTurn(sign);
      return awaitIntent(sending, sent);
    });
  };

  const revisit = () => inTurn(() => revisitIntents(sending, (key) => underWay.has(key)));
  const decide = async ({ undone, mined, failed, open }: Awaited<ReturnType<typeof revisit>>): Promise<Recovery> => {
    const recovery: Recovery = { undone, mined, failed, open: [] };
    const outcomes = open.map(async (intent) => {
      const { key } = intent;
      const done = await lookAfter(key, () => awaitIntent(sending, intent)).then(
        () => true,
        () => false,
      );
      if (done) recovery.mined.push(key);
      else recovery[isOpenStill(await store.find(scope, key)) ? 'open' : 'failed'].push(key);
    });
    await Promise.all(outcomes);
    return recovery;
  };

  const recovered = decide(await revisit());
  // Whoever does not ask how the recovery went shall not be ended by its failure.
  recovered.catch((error: unknown) => sending.log.error({ error: String(error) }, 'Recovery failed'));
  return {
    deployment,
    account: account.address,
    send,
    recovered,
    recover: async () => decide(await revisit()),
    find: (key) => store.find(scope, key),
    close: async () => {
      closer.abort();
      await Promise.allSettled([...underWay.values(), recovered]);
    },
    abandon: (key) =>
      inTurn(async () => {
        const intent = await store.find(scope, key);
        if (intent?.status !== 'planned') return false;
        const error = { code: 'chain.declined', message: 'Given up before it was signed.' };
        await store.update(scope, key, { status: 'failed', error });
        return true;
      }),
  };
}

const isOpenStill = (intent: Intent | undefined): boolean => intent !== undefined && isOpen(intent);

const sameCall = (a: Pick<Intent, 'to' | 'data' | 'value'>, b: Pick<Intent, 'to' | 'data' | 'value'>): boolean =>
  a.to.toLowerCase() === b.to.toLowerCase() && a.data.toLowerCase() === b.data.toLowerCase() && a.value === b.value;

const conflict = (key: string): Error =>
  chainError({
    code: 'chain.intentConflict',
    message: `"${key}" already stands for another call of this account.`,
    hint: 'Choose another key for another action.',
    data: { key },
  });
