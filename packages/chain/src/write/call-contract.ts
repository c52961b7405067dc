import {
  encodeFunctionData,
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
} from 'viem';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import type { ContractName } from '../deployment.ts';

type WriteName<A extends Abi> = ContractFunctionName<A, 'nonpayable' | 'payable'>;

/** Sends one call of a contract of the deployment. All writes of this package go through here. */
export function callContract<const A extends Abi, Name extends WriteName<A>>(
  writer: ChainWriter,
  call: {
    /** See {@link ChainCall.key}. */
    key: string;
    contract: ContractName;
    abi: A;
    functionName: Name;
    args: ContractFunctionArgs<A, 'nonpayable' | 'payable', Name>;
    gas?: bigint;
  },
): Promise<MinedTransaction> {
  const { key, contract, abi, functionName, args, gas } = call;
  const data = encodeFunctionData({ abi, functionName, args } as unknown as EncodeFunctionDataParameters);
  return writer.send({ key, to: writer.deployment.contracts[contract], data, ...(gas === undefined ? {} : { gas }) });
}
