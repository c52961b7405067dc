import type { TransactionReceipt } from 'viem';
import type { MinedTransaction } from '../client/chain-writer.ts';
import { decodeChainError, decodingErrors } from '../client/decode-chain-error.ts';
import { findReceipt } from '../client/find-receipt.ts';
import { minedTransaction } from '../client/mined-transaction.ts';
import { chainError } from '../errors.ts';
import { pause } from '../watch/pause.ts';
import { broadcast } from './broadcast.ts';
import { hasForgotten } from './has-forgotten.ts';
import type { Intent } from './intent.ts';
import type { Sending } from './sending.ts';
import { raiseFee, signIntent } from './sign-intent.ts';

/** How many looks for a receipt pass between two looks at what became of the transaction itself. */
const LOOKS_PER_CARE = 5;

/**
 * Waits until a sent intent is executed and writes down where. In the meantime it sends the transaction again if the node
 * forgot it, pays more if it stays behind, and signs anew if a foreign transaction used the nonce for good. An outage of the
 * node is waited out.
 *
 * @throws the contract's error when it reverted; `chain.notMined` after the time-out, the intent then stays open
 */
export async function awaitIntent(sending: Sending, sent: Intent): Promise<MinedTransaction> {
  const { client, account, timeoutMs, bumpAfterMs, closing, log } = sending;
  const begun = performance.now();
  let intent = sent;
  let signedAt = begun;
  for (let look = 1; ; look++) {
    try {
      const receipt = await receiptOf(sending, intent);
      if (receipt) return await record(sending, intent, receipt);
      if (look % LOOKS_PER_CARE === 0) {
        const stale = performance.now() - signedAt > bumpAfterMs;
        const cared = await sending.inTurn(() => care(sending, intent, stale));
        if (cared.transactions.at(-1)?.hash !== intent.transactions.at(-1)?.hash) signedAt = performance.now();
        intent = cared;
      }
    } catch (error) {
      const decoded = decodeChainError(error);
      if (decoded.code !== 'chain.unreachable') throw decoded;
      log.warn({ key: intent.key }, 'The chain does not answer; the transaction is waited for');
    }
    if (closing.aborted || performance.now() - begun > timeoutMs) {
      throw chainError({
        code: 'chain.notMined',
        message: `The transaction of "${intent.key}" is not mined yet.`,
        hint: 'It stays on record and is looked after; ask again with the same key.',
        data: { key: intent.key, account: account.address, nonce: intent.nonce ?? null },
        retry: 'later',
      });
    }
    await pause(client.pollMs, closing);
  }
}

/** The receipt of whichever of the intent's transactions was executed. */
export async function receiptOf({ client }: Sending, intent: Intent): Promise<TransactionReceipt | undefined> {
  for (const { hash } of [...intent.transactions].reverse()) {
    const receipt = await findReceipt(client, hash);
    if (receipt) return receipt;
  }
  return undefined;
}

/** Writes down where the intent was executed; throws the reason if it reverted. */
export async function record(sending: Sending, intent: Intent, receipt: TransactionReceipt): Promise<MinedTransaction> {
  const { client, account, store, scope, log } = sending;
  const { key, to, data, value } = intent;
  const mined = { hash: receipt.transactionHash, blockNumber: receipt.blockNumber, blockHash: receipt.blockHash };
  try {
    const transaction = await minedTransaction(client, receipt, { account: account.address, to, data, value });
    await store.update(scope, key, { status: 'mined', mined, error: undefined });
    return transaction;
  } catch (cause) {
    const error = decodeChainError(cause);
    if (receipt.status !== 'reverted') throw error;
    await store.update(scope, key, { status: 'reverted', mined, error: { code: error.code, message: error.message } });
    log.warn({ key, code: error.code, hash: mined.hash }, 'A transaction reverted');
    throw error;
  }
}

/** One look at a transaction without a receipt. */
async function care(sending: Sending, intent: Intent, stale: boolean): Promise<Intent> {
  const { client, account, store, scope, log } = sending;
  const last = intent.transactions.at(-1);
  if (intent.nonce === undefined || last === undefined) return signIntent(sending, intent);
  const used = await decodingErrors(client.public.getTransactionCount({ address: account.address }));
  if (used <= intent.nonce) {
    if (used < intent.nonce && (await hasForgotten(sending))) await sending.bringBack();
    if (stale) return raiseFee(sending, intent);
    const { outcome } = await broadcast(sending, last.raw);
    return outcome === 'underpriced' ? raiseFee(sending, intent) : intent;
  }
  // The nonce is used, perhaps by this very transaction a moment ago.
  if ((await receiptOf(sending, intent)) !== undefined || !(await nonceIsGone(sending, intent.nonce))) return intent;
  log.warn({ key: intent.key, nonce: intent.nonce }, 'Another transaction used the nonce; signing anew');
  return signIntent(
    sending,
    await store.update(scope, intent.key, { status: 'planned', nonce: undefined, transactions: [] }),
  );
}

/**
 * True when the nonce was used so many blocks ago that no reorganisation gives it back. Before that, signing anew could
 * execute the intent twice: once under each nonce, on the chain that wins.
 */
async function nonceIsGone({ client, account, finalityBlocks }: Sending, nonce: number): Promise<boolean> {
  const head = await decodingErrors(client.public.getBlockNumber());
  if (head < BigInt(finalityBlocks)) return false;
  const blockNumber = head - BigInt(finalityBlocks);
  return (await decodingErrors(client.public.getTransactionCount({ address: account.address, blockNumber }))) > nonce;
}
