import { decodingErrors } from '../client/decode-chain-error.ts';
import { receiptOf, record } from './await-intent.ts';
import { broadcast } from './broadcast.ts';
import type { Intent } from './intent.ts';
import type { Sending } from './sending.ts';
import { raiseFee, signIntent } from './sign-intent.ts';
import { signFiller } from './sign-filler.ts';

const PAGE = 50;

/** What {@link revisitIntents} found. Open intents were handed to the node again. */
export interface Revisit {
  undone: string[];
  mined: string[];
  failed: string[];
  open: Intent[];
}

/**
 * Brings the store in line with the chain: what the chain forgot (a reorganisation, an embedded chain that came back in an
 * older state) is sent again as it was signed, what is executed is written down, what was only planned is signed.
 * Intents that `except` names are looked after elsewhere. To be called in turn.
 *
 * @throws `chain.unreachable` with everything as it was or further on
 */
export async function revisitIntents(sending: Sending, except: (key: string) => boolean): Promise<Revisit> {
  const { store, scope } = sending;
  const undone = await reopenForgotten(sending, except);
  const revisit: Revisit = { undone, mined: [], failed: [], open: [] };
  const open = (await store.open(scope)).filter(({ key }) => !except(key));

  const sent = open.filter(({ nonce }) => nonce !== undefined).sort((a, b) => a.nonce! - b.nonce!);
  for (const intent of sent) await resend(sending, intent, revisit);
  await fillGaps(sending, revisit.open);
  for (const intent of open) {
    if (intent.nonce !== undefined) continue;
    try {
      revisit.open.push(await signIntent(sending, intent));
    } catch (error) {
      if ((await store.find(scope, intent.key))?.status !== 'failed') throw error;
      revisit.failed.push(intent.key);
    }
  }
  return revisit;
}

/** Opens executed intents again that the chain does not know any more, newest first, until a page of them is still there. */
async function reopenForgotten(sending: Sending, except: (key: string) => boolean): Promise<string[]> {
  const { store, scope, log } = sending;
  const undone: string[] = [];
  for (let kept = 0; ;) {
    const page = await store.newestMined(scope, PAGE, kept);
    let found = 0;
    for (const intent of page) {
      const receipt = except(intent.key) ? undefined : await receiptOf(sending, intent);
      if (except(intent.key)) found++;
      else if (receipt === undefined) {
        // What reverted is over for its caller: it must not be executed by surprise. Its nonce is filled with nothing.
        const reverted = { mined: undefined, nonce: undefined, transactions: [] };
        await store.update(
          scope,
          intent.key,
          intent.status === 'reverted' ? reverted : { status: 'sent', mined: undefined },
        );
        if (intent.status === 'mined') undone.push(intent.key);
      } else {
        found++;
        // On another branch the same transaction may lie in another block, or have fared otherwise.
        if (receipt.blockHash !== intent.mined?.blockHash)
          await record(sending, intent, receipt).catch(() => undefined);
      }
    }
    kept += found;
    if (found === page.length || page.length < PAGE) break;
  }
  if (undone.length > 0) log.warn({ undone: undone.length }, 'The chain forgot transactions; they are sent again');
  return undone;
}

async function resend(sending: Sending, intent: Intent, revisit: Revisit): Promise<void> {
  const receipt = await receiptOf(sending, intent);
  if (receipt) {
    const executed = await record(sending, intent, receipt).then(
      () => true,
      () => false,
    );
    revisit[executed ? 'mined' : 'failed'].push(intent.key);
    return;
  }
  const last = intent.transactions.at(-1);
  const outcome = last === undefined ? 'accepted' : (await broadcast(sending, last.raw)).outcome;
  revisit.open.push(outcome === 'underpriced' ? await raiseFee(sending, intent) : intent);
}

/**
 * A node executes nonces without gaps. One that no open intent has any more (its transaction reverted before the chain forgot
 * it) is used up by a payment of nothing to oneself, so that those above it can be executed.
 */
async function fillGaps(sending: Sending, open: readonly Intent[]): Promise<void> {
  const { client, account, log } = sending;
  const { address } = account;
  const taken = new Set(open.map(({ nonce }) => nonce));
  const highest = Math.max(-1, ...open.map(({ nonce }) => nonce ?? -1));
  let next = await decodingErrors(client.public.getTransactionCount({ address, blockTag: 'pending' }));
  for (; next < highest; next++) {
    if (taken.has(next)) continue;
    log.warn({ nonce: next }, 'A gap in the nonces is filled');
    await broadcast(sending, await signFiller(sending, next));
  }
}
