import { matchBatch, type BatchOutcome, type IntentSender, type Match } from '@encryptech/chain';
import { isEncryptechError } from '@encryptech/base';

/** Proposes matches to the contract, each batch under a key of its own. */
export interface Proposer {
  /** @throws as `matchBatch`; a batch whose fate is not known stays with the proposer */
  propose(key: string, matches: readonly Match[]): Promise<BatchOutcome>;
  /** Waits for the batches whose fate was not known. Until then the market must not be cleared: they may have been matched. */
  finish(): Promise<BatchOutcome[]>;
}

/** A proposer over the matcher's durable sender. */
export function createProposer(sender: IntentSender): Proposer {
  const undecided = new Map<string, readonly Match[]>();

  const propose = async (key: string, matches: readonly Match[]): Promise<BatchOutcome> => {
    undecided.set(key, matches);
    try {
      const outcome = await matchBatch(sender, { matches, key });
      undecided.delete(key);
      return outcome;
    } catch (error) {
      if (await isOver(sender, key, error)) undecided.delete(key);
      throw error;
    }
  };

  return {
    propose,
    finish: async () => {
      const outcomes: BatchOutcome[] = [];
      for (const [key, matches] of [...undecided]) outcomes.push(await propose(key, matches));
      return outcomes;
    },
  };
}

/** True when the batch will not be executed any more: refused, reverted, or taken back before it was signed. */
async function isOver(sender: IntentSender, key: string, error: unknown): Promise<boolean> {
  if (isEncryptechError(error, 'chain.notMined')) return false;
  if (await sender.abandon(key)) return true;
  const status = (await sender.find(key))?.status;
  return status !== 'planned' && status !== 'sent';
}
