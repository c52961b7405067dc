import type { Address, Hex } from '@encryptech/base';
import { getAbiItem, zeroAddress } from 'viem';
import { vouchersAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { inBatches } from '../economy/in-batches.ts';
import { logsOf } from '../economy/logs-of.ts';

/** A payment channel now. Amounts in wei. */
export interface ChannelFacts {
  channelId: Hex;
  payer: Address;
  payee: Address;
  /** Put in since it opened, and redeemed of it. */
  deposit: bigint;
  paid: bigint;
  /** Last second for vouchers. */
  expiresAt: number;
  /** Last second of the dispute window; 0 when nobody asked to close. */
  closesAt: number;
  disputeWindow: number;
  feeBps: number;
  isOpen: boolean;
}

/** The channel; `isOpen` false and zeros when it is not open. */
export async function channelFacts({ public: node, deployment }: ChainClient, channelId: Hex): Promise<ChannelFacts> {
  const { vouchers } = deployment.contracts;
  const channel = await decodingErrors(
    node.readContract({ address: vouchers, abi: vouchersAbi, functionName: 'channel', args: [channelId] }),
  );
  return { channelId, ...channel, isOpen: channel.payer !== zeroAddress };
}

/** The open channels of an account as payer or payee, oldest first; all open ones without an account. */
export async function listChannels(client: ChainClient, account?: Address): Promise<ChannelFacts[]> {
  const { public: node, deployment } = client;
  const toBlock = await decodingErrors(node.getBlockNumber());
  const event = getAbiItem({ abi: vouchersAbi, name: 'ChannelOpened' });
  const logs = await logsOf(client, { address: deployment.contracts.vouchers, event, toBlock });
  const wanted = account?.toLowerCase();
  const mine = logs.filter(
    ({ args }) => wanted === undefined || args.payer.toLowerCase() === wanted || args.payee.toLowerCase() === wanted,
  );
  const channels = await inBatches(mine, ({ args }) => channelFacts(client, args.channelId));
  return channels.filter(({ isOpen }) => isOpen);
}

/** What the account can withdraw from the channels' contract, in wei. */
export const channelBalance = ({ public: node, deployment }: ChainClient, account: Address): Promise<bigint> =>
  decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.vouchers, abi: vouchersAbi, functionName: 'balanceOf', args: [account] },
    }),
  );
