import type { Address } from '@encryptech/base';
import { providerFacts, type ChainClient } from '@encryptech/chain';
import { providerError } from '../errors.ts';

/**
 * Returns when the chain would match jobs to this provider: registered under the URL where it listens, active, with
 * stake.
 *
 * @throws `provider.notRegistered`, `provider.notStaked`, `chain.unreachable`
 */
export async function checkStanding(client: ChainClient, account: Address, publicUrl: string): Promise<void> {
  const facts = await providerFacts(client, account);
  if (!facts.registered || !facts.active) {
    throw providerError({
      code: 'provider.notRegistered',
      message: facts.registered ? 'The provider is set inactive on chain.' : 'The provider is not registered on chain.',
      place: account,
      hint: `Register it, or have it take jobs again: \`encryptech provider register NAME --url ${publicUrl}\`.`,
    });
  }
  if (facts.url !== publicUrl) {
    throw providerError({
      code: 'provider.notRegistered',
      message: `The chain says that this provider is at ${facts.url}, the configuration says ${publicUrl}.`,
      place: 'publicUrl',
      hint: `Change the registration (\`encryptech provider register NAME --url ${publicUrl}\`) or the configuration: owners go where the chain says.`,
    });
  }
  if (facts.freeStake + facts.lockedStake === 0n) {
    throw providerError({
      code: 'provider.notStaked',
      message: 'The provider has no stake that counts now.',
      place: account,
      hint: 'Stake in the pool "provide"; stake counts from the next epoch.',
    });
  }
}
