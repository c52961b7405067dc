import { cancelNonce, type ChainWriter } from '@encryptech/chain';
import { offerToJson, signOffer, type ComputeOffer, type Signer, type SigningDomain } from '@encryptech/protocol';
import type { CoordinatorClient } from '@encryptech/sdk/coordinator';
import type { Logger } from 'pino';
import type { ProviderConfig } from '../config/provider-config.ts';
import { keepRenewed } from './keep-renewed.ts';

/** How long a daemon that is told to stop waits for the chain. */
const LONGEST_FAREWELL_MS = 3_000;

export interface OfferingOptions {
  config: Pick<ProviderConfig, 'ask' | 'maxUnits' | 'maxDurationSec' | 'offerValidSec'>;
  coordinator: Pick<CoordinatorClient, 'postOffer'>;
  writer: ChainWriter;
  signer: Signer;
  domain: SigningDomain;
  /** Milliseconds since 1970. */
  now: () => number;
  log: Logger;
  /** Told true when an offer stands, false when none could be posted. */
  onStanding: (standing: boolean) => void;
  signal: AbortSignal;
}

/**
 * Keeps one offer standing at the coordinator: a new one is posted when half of the old one's time is over. When the signal
 * comes, the standing offers are cancelled on chain, so that no job is matched to a provider that is gone.
 */
export async function keepOffering(options: OfferingOptions): Promise<void> {
  const { config, coordinator, writer, signer, domain, now, log, onStanding, signal } = options;
  const standing: ComputeOffer[] = [];
  await keepRenewed({
    periodMs: (config.offerValidSec * 1000) / 2,
    retryMs: 1000,
    signal,
    onError: (error) => {
      const nowSec = BigInt(Math.floor(now() / 1000));
      onStanding(standing.some((offer) => offer.expiresAt > nowSec));
      log.warn({ err: error }, 'The offer could not be posted');
    },
    renew: async () => {
      const offer: ComputeOffer = {
        provider: writer.account,
        ask: config.ask,
        maxUnits: config.maxUnits,
        maxDurationSec: config.maxDurationSec,
        // Milliseconds: unique for this signer, and in order.
        nonce: BigInt(now()),
        expiresAt: BigInt(Math.floor(now() / 1000) + config.offerValidSec),
      };
      const signature = await signOffer(offer, domain, signer);
      const { id } = await coordinator.postOffer({ offer: offerToJson(offer), signature });
      standing.splice(0, Math.max(0, standing.length - 1));
      standing.push(offer);
      onStanding(true);
      log.info({ id, ask: offer.ask.toString(), expiresAt: offer.expiresAt.toString() }, 'An offer stands');
    },
  });
  const valid = standing.filter(({ expiresAt }) => Number(expiresAt) * 1000 > now());
  const cancelled = Promise.all(valid.map(({ nonce }) => cancelNonce(writer, { nonce })));
  // When everything is shut down together the chain may be gone first.
  const outOfPatience = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('The chain did not take it in time.')), LONGEST_FAREWELL_MS).unref();
  });
  try {
    await Promise.race([cancelled, outOfPatience]);
  } catch (error) {
    log.warn({ err: error }, 'The offers could not be cancelled; they stand until they expire');
  }
}
