import type { IncomingMessage } from 'node:http';
import { gatewayError } from '../errors.ts';

/**
 * The raw bytes of a request: what was signed.
 *
 * @throws `gateway.bodyTooLarge`
 */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) {
      throw gatewayError({
        code: 'gateway.bodyTooLarge',
        message: `The body is larger than ${mostBytes} bytes.`,
        hint: 'No event of the processor is as large.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
