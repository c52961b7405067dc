import { createServer } from 'node:http';

/** What happens to a call: the node gets it or not, the caller gets the answer or a broken line. */
export type Fate = 'pass' | 'fail' | 'pass without an answer' | { refuse: string };

type Rule = (method: string, params: unknown) => Fate;

export interface RpcProxy {
  url: string;
  /** Decides the fate of each call from now on. */
  obey(rule: Rule): void;
  close(): Promise<void>;
}

/** A line to a node that breaks when it is told to. */
export async function createProxy(target: string): Promise<RpcProxy> {
  let rule: Rule = () => 'pass';
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown };
      const fate = rule(method, params);
      if (typeof fate === 'object') {
        return void response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: fate.refuse } }));
      }
      if (fate === 'fail') return void request.socket.destroy();
      void fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        .then((answer) => answer.text())
        .then(
          (text) => (fate === 'pass' ? void response.end(text) : void request.socket.destroy()),
          () => request.socket.destroy(),
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    obey: (next) => {
      rule = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
