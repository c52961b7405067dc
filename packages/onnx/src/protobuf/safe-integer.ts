import { onnxError } from '../errors.ts';

/**
 * The 64-bit integer as a number.
 *
 * @throws `onnx.malformed` beyond ±2^53
 */
export function safeInteger(value: bigint, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw onnxError({
      code: 'onnx.malformed',
      message: `${what} holds the integer ${value}, which is out of range.`,
      place: what,
    });
  }
  return number;
}
