// A gateway in a process of its own: node apps/gateway/src/main.ts CONFIG
import { startGateway } from './start-gateway.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('node apps/gateway/src/main.ts CONFIG\n');
  process.exit(2);
}
try {
  const gateway = await startGateway(file, { env: process.env });
  process.send?.({ url: gateway.url });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void gateway.stop().then(() => process.exit(0)));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
