import { protocolError } from '../errors.ts';
import type { EnvelopeCodec } from '../wire/envelope-codec.ts';
import { frameHeader } from './frame-header.ts';
import { readFrames } from './read-frames.ts';

/** Where bytes go: a Node `Writable` fits as it is. */
export interface ByteSink {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** Messages in both directions over one pair of byte pipes. */
export interface MessagePipe<Message> {
  /**
   * Resolves when the message has left this process. Sends keep their order.
   *
   * @throws `protocol.closed` when the other end is gone; what the codec throws for a bad message
   */
  send(message: Message): Promise<void>;
  /** Sends bytes that already are an encoded message, unread. */
  relay(bytes: Uint8Array): Promise<void>;
  /** What arrives; one consumer. Ends when the other end closes, throws what codec and framing throw. */
  messages(): AsyncGenerator<Message, void, undefined>;
  /** The same as bytes, for passing on unread. */
  frames(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Closes this direction. */
  end(): void;
}

/** A {@link MessagePipe} over a readable and a writable byte stream, such as a child process's stdout and stdin. */
export function createMessagePipe<Message>({
  input,
  output,
  codec,
}: {
  input: AsyncIterable<Uint8Array>;
  output: ByteSink;
  codec: EnvelopeCodec<Message>;
}): MessagePipe<Message> {
  // Without a listener a broken pipe would end the process; the failed write reports it.
  output.on?.('error', () => undefined);

  const write = (chunk: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      output.write(chunk, (cause) => {
        if (cause === undefined || cause === null) resolve();
        else reject(protocolError({ code: 'protocol.closed', message: 'The other end of the pipe is gone.', cause }));
      });
    });
  const relay = async (bytes: Uint8Array): Promise<void> => {
    // Both are queued before anything else can be, so frames never mix.
    await Promise.all([write(frameHeader(bytes.length)), write(bytes)]);
  };
  const frames = (): AsyncGenerator<Uint8Array, void, undefined> => readFrames(input, { maxBytes: codec.maxBytes });

  return {
    relay,
    send: async (message) => relay(codec.encode(message)),
    frames,
    async *messages() {
      for await (const frame of frames()) yield codec.decode(frame);
    },
    end: () => void output.end(),
  };
}
