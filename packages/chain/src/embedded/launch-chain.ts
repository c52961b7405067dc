import type { ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEther } from 'viem';
import { chainError } from '../errors.ts';
import { createAnvilClient, genesisHashOf, setClock, type AnvilClient } from './anvil-rpc.ts';
import { EMBEDDED_KEYS, type ChainKeys, type EmbeddedKeyName } from './chain-keys.ts';
import { readChainRecord, writeChainRecord, type ChainRecord } from './chain-record.ts';
import type { EmbeddedChainOptions } from './embedded-chain.ts';
import { findAnvil } from './find-anvil.ts';
import { freePort } from './free-port.ts';
import { readSavedState, type StateFiles } from './saved-state.ts';
import { startAnvil } from './start-anvil.ts';

const DAY_SEC = 86_400;
const USER_ACCOUNTS = 32;
const EMBEDDED_CHAIN_ID = 31337;

/** An anvil that answers, with the record that names it. */
export interface RunningAnvil {
  record: ChainRecord;
  client: AnvilClient;
  /** Absent when another process started it. */
  child: ChildProcess | undefined;
  fresh: boolean;
}

/** The files of an embedded chain's folder. */
export interface ChainFolder {
  dir: string;
  state: StateFiles;
  record: string;
}

export const rpcUrlOf = (port: number): string => `http://127.0.0.1:${port}`;

/**
 * Starts anvil on the folder's saved state, or on a new genesis block with funded keys, and writes the record.
 *
 * @throws `chain.anvilMissing` `chain.startFailed` `chain.portTaken` `chain.stateUnreadable`
 */
export async function launchChain(
  options: EmbeddedChainOptions,
  folder: ChainFolder,
  keys: ChainKeys,
): Promise<RunningAnvil> {
  const executable = findAnvil();
  const previous = readChainRecord(folder.record);
  const state = await readSavedState(folder.state);
  const port = await choosePort(options.port, previous?.port);
  const chainId = (state && previous?.chainId) ?? options.chainId ?? EMBEDDED_CHAIN_ID;
  const genesisTimestampSec = Math.floor(Date.now() / 1000) - (options.genesisAgeSec ?? 2 * DAY_SEC);
  if (state) writeFileSync(folder.state.loading, state.json, { mode: 0o600 });
  const child = await startAnvil({
    ...{ executable, port, chainId },
    logFile: join(folder.dir, 'anvil.log'),
    exitState: folder.state.exit,
    begin: state ? { state: folder.state.loading } : { genesisTimestampSec },
    allowOrigin: options.allowOrigin,
    startTimeoutMs: options.startTimeoutMs ?? 20_000,
  });
  try {
    rmSync(folder.state.loading, { force: true });
    const client = createAnvilClient(rpcUrlOf(port), chainId);
    const setup = state ? (previous?.setup ?? 'done') : 'open';
    await (state ? resumeClock(client, setup) : fundNamedAccounts(client, keys));
    const genesisHash = await genesisHashOf(client);
    const record: ChainRecord = {
      version: 1,
      chainId,
      port,
      pid: child.pid!,
      ownerPid: process.pid,
      genesisHash,
      setup,
    };
    writeChainRecord(folder.record, record);
    return { record, client, child, fresh: state === undefined };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function choosePort(wanted: number | undefined, last: number | undefined): Promise<number> {
  if (wanted === undefined || wanted === 0) {
    return ((last && (await freePort(last))) || (await freePort()))!;
  }
  const port = await freePort(wanted);
  if (port !== undefined) return port;
  throw chainError({
    code: 'chain.portTaken',
    message: `Port ${wanted} on 127.0.0.1 belongs to another program.`,
    hint: 'Choose another port, or leave the choice to the program.',
    data: { port: wanted },
  });
}

/** anvil shows the present after a load, even if that lies before the last block or ends an unfinished set-up too early. */
async function resumeClock(client: AnvilClient, setup: ChainRecord['setup']): Promise<void> {
  const last = Number((await client.getBlock()).timestamp);
  if (setup === 'open' || last > Date.now() / 1000) await setClock(client, last + 1);
}

async function fundNamedAccounts(client: AnvilClient, keys: ChainKeys): Promise<void> {
  const named = (Object.keys(EMBEDDED_KEYS) as EmbeddedKeyName[]).map((name) => keys.named(name).address);
  const users = Array.from({ length: USER_ACCOUNTS }, (_, index) => keys.user(index).address);
  const value = parseEther('10000');
  await Promise.all([...named, ...users].map((address) => client.setBalance({ address, value })));
}
