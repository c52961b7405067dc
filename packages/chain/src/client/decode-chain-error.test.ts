import {
  BaseError,
  encodeErrorResult,
  HttpRequestError,
  RpcRequestError,
  UserRejectedRequestError,
  type Abi,
} from 'viem';
import { expect, test } from 'vitest';
import * as abis from '../generated/abis.ts';
import { contractErrors, type ContractErrorName } from '../contract-errors.ts';
import { codeOfContractError, decodeChainError, decodeRevert } from './decode-chain-error.ts';

const errors = Object.entries(abis).flatMap(([contract, abi]) =>
  (abi as Abi).flatMap((item) => (item.type === 'error' ? [{ contract, item }] : [])),
);

/** Any value of a Solidity type. */
function sampleOf(type: string): unknown {
  if (type === 'address') return '0x00000000000000000000000000000000000000aa';
  if (type === 'string') return 'text';
  if (type.startsWith('bytes')) return `0x${'ab'.repeat(Number(type.slice(5)))}`;
  return BigInt(type.slice(4)) > 48n ? 7n : 7;
}

test('every error of every ABI has an entry, and no entry is left over', () => {
  expect(errors.length).toBeGreaterThan(80);
  expect([...new Set(errors.map(({ item }) => item.name))].sort()).toEqual(Object.keys(contractErrors).sort());
});

const distinct = [...new Map(errors.map(({ item }) => [item.name, item])).values()];

test.each(distinct)('$name decodes to its own code with its arguments', (item) => {
  const args = item.inputs.map((input) => sampleOf(input.type));
  const decoded = decodeRevert(encodeErrorResult({ abi: [item] as Abi, errorName: item.name, args }));
  expect(decoded.code).toBe(codeOfContractError(item.name as ContractErrorName));
  expect(decoded.message.length).toBeGreaterThan(10);
  expect(decoded.message.endsWith('.')).toBe(true);
  expect(Object.keys(decoded.data)).toEqual(item.inputs.map((input, index) => input.name || String(index)));
  expect(JSON.parse(JSON.stringify(decoded))).toMatchObject({ code: decoded.code });
});

test('codes are camel case, acronyms too', () => {
  expect(codeOfContractError('JobsTooEarly')).toBe('chain.jobsTooEarly');
  expect(codeOfContractError('ERC20InsufficientBalance')).toBe('chain.erc20InsufficientBalance');
  expect(codeOfContractError('ECDSAInvalidSignature')).toBe('chain.ecdsaInvalidSignature');
});

test('a reason that no version knows, a text and a panic keep what they say', () => {
  expect(decodeRevert('0xdeadbeef')).toMatchObject({ code: 'chain.reverted', data: { revertData: '0xdeadbeef' } });
  const text = encodeErrorResult({
    abi: [{ type: 'error', name: 'Error', inputs: [{ type: 'string', name: 'm' }] }],
    args: ['no'],
  });
  expect(decodeRevert(text)).toMatchObject({ code: 'chain.reverted', message: 'The contract refused. no' });
  const panic = encodeErrorResult({
    abi: [{ type: 'error', name: 'Panic', inputs: [{ type: 'uint256', name: 'c' }] }],
    args: [17n],
  });
  expect(decodeRevert(panic)).toMatchObject({ code: 'chain.reverted', message: 'The contract refused. Panic 17' });
  expect(decodeRevert('0x')).toMatchObject({ code: 'chain.reverted' });
});

const rpc = (message: string, code = -32000): Error =>
  new RpcRequestError({ body: {}, error: { code, message }, url: 'http://127.0.0.1' });

test.each([
  [new HttpRequestError({ url: 'http://127.0.0.1' }), 'chain.unreachable'],
  [rpc('insufficient funds for gas * price + value'), 'chain.noGasMoney'],
  [rpc('execution reverted'), 'chain.reverted'],
  [rpc('intrinsic gas too low'), 'chain.reverted'],
  [rpc('the method eth_x does not exist', -32601), 'chain.rejected'],
  [new UserRejectedRequestError(new Error('x')), 'chain.declined'],
  [new Error('anything'), 'chain.rejected'],
  [Object.assign(new BaseError('no details'), { details: undefined }), 'chain.rejected'],
] as const)('%s is %s', (error, code) => {
  expect(decodeChainError(error).code).toBe(code);
});

test('an address with an access key stays out of what is shown and sent', () => {
  const error = decodeChainError(new HttpRequestError({ url: 'https://node.example/v3/SECRETKEY' }));
  expect(JSON.stringify(error)).not.toContain('SECRETKEY');
});
