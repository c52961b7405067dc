import { connect, createServer, type Socket } from 'node:net';

/** Passes connections on to a server and keeps every byte of both directions. */
export interface RecordingProxy {
  readonly url: string;
  /** What went over each connection so far; the frames of WebSockets unmasked. */
  recorded(): Buffer[];
  /** Ends all connections. */
  close(): Promise<void>;
}

/** A proxy on a free port of 127.0.0.1 before the server of `target` (an `http://` URL). */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target);
  const talks: { up: Buffer[]; down: Buffer[] }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const talk = { up: [] as Buffer[], down: [] as Buffer[] };
    talks.push(talk);
    const upstream = connect(Number(port), hostname);
    const link = (from: Socket, to: Socket, kept: Buffer[]): void => {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (piece: Buffer) => {
        kept.push(piece);
        to.write(piece);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => (sockets.delete(from), to.destroy()));
    };
    link(client, upstream, talk.up);
    link(upstream, client, talk.down);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    recorded: () => talks.flatMap(({ up, down }) => [unmasked(Buffer.concat(up)), Buffer.concat(down)]),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** What a client said; after an upgrade to WebSocket its frames carry their payload in the clear (RFC 6455, section 5.2). */
function unmasked(talk: Buffer): Buffer {
  const head = talk.indexOf('\r\n\r\n');
  if (head < 0 || !/^upgrade: *websocket/im.test(talk.toString('latin1', 0, head))) return talk;
  const payloads: Buffer[] = [talk.subarray(0, head + 4)];
  for (let at = head + 4; at + 2 <= talk.length;) {
    const short = talk[at + 1]! & 0x7f;
    const sizeBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const size = sizeBytes === 0 ? short : talk.readUIntBE(at + 2 + Math.max(0, sizeBytes - 6), Math.min(6, sizeBytes));
    const masked = (talk[at + 1]! & 0x80) !== 0;
    const start = at + 2 + sizeBytes + (masked ? 4 : 0);
    const mask = talk.subarray(start - 4, start);
    const payload = Buffer.from(talk.subarray(start, start + size));
    if (masked) payload.forEach((byte, i) => (payload[i] = byte ^ mask[i % 4]!));
    payloads.push(payload);
    at = start + size;
  }
  return Buffer.concat(payloads);
}
