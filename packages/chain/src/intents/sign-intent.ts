import { isEncryptechError, type Hex } from '@encryptech/base';
import { keccak256 } from 'viem';
import { decodeChainError, decodingErrors } from '../client/decode-chain-error.ts';
import { gasLimit } from '../client/gas-limit.ts';
import { chainError } from '../errors.ts';
import { broadcast } from './broadcast.ts';
import type { Intent } from './intent.ts';
import type { Sending } from './sending.ts';

/**
 * Tries the intent on the present, signs it under the next nonce, writes the signed transaction down, then sends it: in that
 * order, so that after a crash it can only be sent again as it is. To be called in turn.
 *
 * @throws the contract's error, after the intent is marked `failed`; `chain.unreachable` with the intent left as it was
 */
export async function signIntent(sending: Sending, intent: Intent): Promise<Intent> {
  const { client, account, store, scope } = sending;
  const { key, to, data, value } = intent;
  let gas: bigint;
  try {
    // Asked even where a limit was given: a call that the contract refuses is not sent.
    const limit = await gasLimit(client, { account: account.address, to, data, value });
    gas = intent.gas ?? limit;
  } catch (cause) {
    const error = decodeChainError(cause);
    if (error.code !== 'chain.unreachable') {
      await store.update(scope, key, { status: 'failed', error: { code: error.code, message: error.message } });
    }
    throw error;
  }
  for (let attempt = 0; ; attempt++) {
    const nonce = await nextNonce(sending);
    const transaction = await sign(sending, { ...intent, gas }, nonce, await currentFees(sending));
    try {
      const sent = await store.update(scope, key, {
        ...{ status: 'sent', nonce, transactions: [transaction], mined: undefined, error: undefined },
        attempts: intent.attempts + 1,
      });
      return await hand(sending, sent, transaction.raw);
    } catch (error) {
      // Another process of the same account was faster; the next nonce is one higher.
      if (isEncryptechError(error, 'chain.intentConflict') && attempt < 10) continue;
      throw error;
    }
  }
}

/** What the node will never take is taken back, so that its nonce leaves no gap: nobody else has the signed transaction. */
async function hand(sending: Sending, sent: Intent, raw: Hex): Promise<Intent> {
  const result = await broadcast(sending, raw);
  if (result.outcome !== 'refused') return sent;
  const { code, message } = result.error;
  await sending.store.update(sending.scope, sent.key, {
    ...{ status: 'failed', nonce: undefined, transactions: [], error: { code, message } },
  });
  throw result.error;
}

/** Signs the same call under the same nonce for a higher fee, writes that down and sends it. To be called in turn. */
export async function raiseFee(sending: Sending, intent: Intent): Promise<Intent> {
  const { client, store, scope } = sending;
  if (intent.nonce === undefined) return intent;
  const last = intent.transactions.at(-1);
  const known = last && (await client.public.getTransaction({ hash: last.hash }).catch(() => undefined));
  const fees = await currentFees(sending);
  const gas = known?.gas ?? intent.gas ?? (await estimateOr(sending, intent));
  const transaction = await sign(sending, { ...intent, gas }, intent.nonce, {
    maxFeePerGas: most(fees.maxFeePerGas, raised(known?.maxFeePerGas)),
    maxPriorityFeePerGas: most(fees.maxPriorityFeePerGas, raised(known?.maxPriorityFeePerGas)),
  });
  const sent = await store.update(scope, intent.key, { transactions: [...intent.transactions, transaction] });
  await broadcast(sending, transaction.raw);
  return sent;
}

interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

async function currentFees({ client }: Sending): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await decodingErrors(client.public.estimateFeesPerGas());
  // Room for the base fee to double before the transaction has to be signed again.
  return { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas };
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** Nodes take a replacement that pays at least 10 % more (go-ethereum's price bump); this pays 25 %. */
const raised = (fee: bigint | undefined): bigint => (fee === undefined ? 0n : (fee * 5n) / 4n + 1n);

async function estimateOr({ client, account }: Sending, { to, data, value }: Intent): Promise<bigint> {
  const call = { account: account.address, to, data, value, blockTag: 'pending' } as const;
  return (await client.public.estimateGas(call).catch(() => 2_000_000n)) * 2n;
}

/** One above every nonce that the chain or an intent of the account has. */
async function nextNonce({ client, account, store, scope }: Sending): Promise<number> {
  const ours = (await store.highestNonce(scope)) ?? -1;
  const { address } = account;
  const chains = await decodingErrors(client.public.getTransactionCount({ address, blockTag: 'pending' }));
  return Math.max(chains, ours + 1);
}

async function sign(
  { client, account }: Sending,
  { to, data, value, gas }: Intent,
  nonce: number,
  fees: Fees,
): Promise<Intent['transactions'][number]> {
  if (gas === undefined) throw chainError({ code: 'chain.rejected', message: 'The transaction has no gas limit.' });
  const { chainId } = client.deployment;
  const raw = await account.signTransaction({ type: 'eip1559', chainId, to, data, value, gas, nonce, ...fees });
  return { hash: keccak256(raw), raw };
}
