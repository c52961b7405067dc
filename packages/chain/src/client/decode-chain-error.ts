import { isEncryptechError, type EncryptechError, type ErrorData } from '@encryptech/base';
import { BaseError, decodeErrorResult, type Hex } from 'viem';
import { everyAbi } from '../abis.ts';
import { contractErrors, type ContractErrorCode, type ContractErrorName } from '../contract-errors.ts';
import { chainError, type ChainErrorCode } from '../errors.ts';

/**
 * The error of this package that says what a failed call, gas estimate or transaction met: a contract's own error by its
 * name (`chain.jobsTooEarly`, its arguments in `data`), or what the node or the network said.
 */
export function decodeChainError(error: unknown): EncryptechError<ChainErrorCode> {
  if (isEncryptechError(error)) return error as EncryptechError<ChainErrorCode>;
  const data = revertDataOf(error);
  if (data !== undefined && data !== '0x') return decodeRevert(data, error);
  const text = textOf(error);
  for (const [pattern, facts] of NODE_ANSWERS) if (pattern.test(text)) return chainError({ ...facts, cause: error });
  return chainError({
    code: 'chain.rejected',
    message: 'The node refused the request.',
    hint: firstLine(error),
    cause: error,
  });
}

/** The promise, with its failure decoded by {@link decodeChainError}. */
export async function decodingErrors<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw decodeChainError(error);
  }
}

/** The error behind the bytes that a reverted call returned, such as the `reason` of a refused match. */
export function decodeRevert(data: Hex, cause?: unknown): EncryptechError<ChainErrorCode> {
  try {
    // Beside the ABIs' errors viem knows Solidity's own two; its types do not say so.
    const decoded: Decoded = decodeErrorResult({ abi: everyAbi, data });
    if (decoded.errorName === 'Error') return reverted(String(decoded.args?.[0]), data, cause);
    if (decoded.errorName === 'Panic') return reverted(`Panic ${String(decoded.args?.[0])}`, data, cause);
    const name = decoded.errorName as ContractErrorName;
    const { inputs = [] } = decoded.abiItem;
    const args = decoded.args ?? [];
    return chainError({
      ...contractErrors[name],
      code: codeOfContractError(name),
      data: Object.fromEntries(inputs.map((input, index) => [input.name || String(index), jsonSafe(args[index])])),
      cause,
    });
  } catch {
    return reverted('The contract gave no reason that this version knows.', data, cause);
  }
}

/** `chain.` and the error's name in camel case; a leading acronym is lowered as a whole. */
export function codeOfContractError(name: ContractErrorName): ContractErrorCode {
  return `chain.${name.replace(/^(ERC|ECDSA|[A-Z])/, (start) => start.toLowerCase())}` as ContractErrorCode;
}

type Decoded = {
  errorName: string;
  args?: readonly unknown[] | undefined;
  abiItem: { inputs?: readonly { name?: string }[] };
};

function reverted(said: string, data: Hex, cause: unknown): EncryptechError<ChainErrorCode> {
  return chainError({
    code: 'chain.reverted',
    message: `The contract refused. ${said}`,
    data: { revertData: data.slice(0, 2 + 2 * 256) },
    cause,
  });
}

/** viem wraps the node's answer in several layers; the innermost `data` with hex is the contract's. */
function revertDataOf(error: unknown): Hex | undefined {
  let found: Hex | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    const data: unknown = 'raw' in at && typeof at.raw === 'string' ? at.raw : 'data' in at ? at.data : undefined;
    const hex: unknown = typeof data === 'object' && data !== null && 'data' in data ? data.data : data;
    if (typeof hex === 'string' && /^0x([0-9a-f]{2})*$/i.test(hex)) found = hex as Hex;
  }
  return found;
}

function textOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    parts.push(at.name, at instanceof BaseError ? `${at.shortMessage} ${at.details}` : at.message);
    if ('code' in at) parts.push(String(at.code));
  }
  return parts.join(' ');
}

/** viem's `details` are the node's own words; some of its errors have none. */
function firstLine(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { details } = error as { details?: unknown };
  return (typeof details === 'string' && details !== '' ? details : error.message).split('\n')[0];
}

const jsonSafe = (value: unknown): ErrorData[string] =>
  typeof value === 'bigint' ? value.toString() : ((value as string | number | boolean | undefined) ?? null);

const UNREACHABLE = {
  code: 'chain.unreachable',
  message: 'The chain did not answer.',
  hint: 'Is the node running, and its address right? `encryptech doctor` tries it.',
  retry: 'later',
} as const;

/** What nodes and wallets say in words. Geth, Nethermind, Erigon, Besu, anvil differ in little more than case. */
const NODE_ANSWERS = [
  [
    /insufficient funds/i,
    {
      code: 'chain.noGasMoney',
      message: 'The account cannot pay for the gas.',
      hint: 'Send it some of the chain’s own coin (ether on most chains); ENC does not pay for gas.',
    },
  ],
  [/UserRejectedRequest|user (rejected|denied)/i, { code: 'chain.declined', message: 'The wallet’s user declined.' }],
  [
    /out of gas|gas required exceeds|intrinsic gas/i,
    {
      code: 'chain.reverted',
      message: 'The call runs out of gas.',
      hint: 'Send less at once.',
    },
  ],
  [
    /execution reverted|EVM ?Error|VM Exception/i,
    { code: 'chain.reverted', message: 'The contract refused without a reason.' },
  ],
  [
    /HttpRequestError|TimeoutError|WebSocketRequestError|SocketClosed|fetch failed|ECONN|ENOTFOUND|EAI_AGAIN|socket hang up|LimitExceeded|InternalRpc|503|429/i,
    UNREACHABLE,
  ],
] as const;
