// A coordinator in a process of its own, for tests that kill it: `node coordinator-process.ts CONFIG`.
import { silentLog } from '@encryptech/chain';
import { startCoordinator } from '../src/index.ts';

const { url } = await startCoordinator(process.argv[2]!, { log: silentLog });
process.send?.({ url });
