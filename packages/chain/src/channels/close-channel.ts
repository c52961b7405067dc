import type { Hex } from '@encryptech/base';
import { vouchersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';
import type { Voucher } from './voucher.ts';

/** How a channel comes to its end. */
export type ChannelEnd =
  /** The payee ends it at once, with its highest voucher or with what was redeemed. */
  | { how: 'close'; channelId: Hex; last?: { voucher: Voucher; signature: Hex } | undefined }
  /** The payer asks; the payee then has the dispute window. */
  | { how: 'request'; channelId: Hex }
  /** Anybody gives the rest back after the dispute window or the expiry. */
  | { how: 'finish'; channelId: Hex };

/**
 * Ends a payment channel, or asks for its end.
 *
 * @throws `chain.vouchersNotAllowed` `chain.vouchersTooEarly` `chain.vouchersClosing` `chain.vouchersUnknownChannel`, and for
 * a last voucher as `redeemVoucher`
 */
export function closeChannel(writer: ChainWriter, end: ChannelEnd): Promise<MinedTransaction> {
  const { how, channelId } = end;
  const call = { key: `${how}:${channelId}`, contract: 'vouchers', abi: vouchersAbi } as const;
  const args = [channelId] as const;
  if (how === 'request') return callContract(writer, { ...call, functionName: 'requestClose', args });
  if (how === 'finish') return callContract(writer, { ...call, functionName: 'finish', args });
  if (end.last === undefined) return callContract(writer, { ...call, functionName: 'closeWithout', args });
  const { voucher, signature } = end.last;
  return callContract(writer, { ...call, functionName: 'close', args: [voucher, signature] });
}
