import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChainClient, ChainKeys, DeployConfig } from '@encryptech/chain';
import { homeOf, type Home } from '../../apps/cli/src/home/home.ts';
import { startEmbeddedNetwork, type EmbeddedNetwork } from '../../apps/cli/src/network/embedded-network.ts';
import { listPeople, type Person } from '../../apps/cli/src/network/person.ts';
import { openSession, type Session } from '../../apps/cli/src/network/session.ts';
import { capturedTerminal } from './captured-terminal.ts';
import { commandLine, type CommandLine } from './command-line.ts';

/** A whole network in a folder of its own: anvil, coordinator, two providers, an owner's agent, each a real process. */
export interface TestNetwork {
  /** The folder that commands run in; the state directory is `.encryptech` below it. */
  readonly folder: string;
  readonly home: Home;
  /** The processes as they are now. */
  running: EmbeddedNetwork;
  readonly client: ChainClient;
  readonly encryptech: CommandLine;
  person(name: string): Promise<Person>;
  session(): Promise<Session>;
  /** Stops all processes and starts them again on the same state. */
  restart(): Promise<void>;
  /** Stops all processes; the folder stays. */
  stop(): Promise<void>;
  /** Stops all processes and removes the folder. */
  end(): Promise<void>;
}

/** Starts a network; `ENCRYPTECH_KEEP_TEST_STATE=1` keeps its folder for a look afterwards. */
export async function startTestNetwork(
  options: { withDaemons?: boolean; deployConfig?: (keys: ChainKeys) => DeployConfig } = {},
): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'encryptech-e2e-'));
  const terminal = capturedTerminal({ cwd: folder });
  const home = homeOf(terminal, undefined);
  const start = (withDaemons: boolean): Promise<EmbeddedNetwork> =>
    startEmbeddedNetwork(terminal, home, {
      ...{ say: () => undefined, withDaemons },
      ...(options.deployConfig === undefined ? {} : { deployConfig: options.deployConfig }),
    });
  let running = await start(options.withDaemons ?? true);
  return {
    folder,
    home,
    get running() {
      return running;
    },
    get client() {
      return running.client;
    },
    encryptech: commandLine(folder),
    person: async (name) => {
      const found = (await listPeople(home)).find((person) => person.name === name);
      if (found === undefined) throw new Error(`There is nobody named ${name}.`);
      return found;
    },
    session: () => openSession(terminal, undefined),
    restart: async () => {
      await running.stop();
      running = await start(true);
    },
    stop: () => running.stop(),
    end: async () => {
      await running.stop();
      if (process.env['ENCRYPTECH_KEEP_TEST_STATE'] !== '1') await rm(folder, { recursive: true, force: true });
    },
  };
}
