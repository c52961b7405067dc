import { existsSync, readFileSync } from 'node:fs';
import type { Hex } from '@encryptech/base';
import { writeFileAtomically } from './write-file-atomically.ts';

/** What `chain.json` in an embedded chain's folder says: how to reach the chain and who looks after it. */
export interface ChainRecord {
  version: 1;
  chainId: number;
  port: number;
  /** anvil's process. */
  pid: number;
  /** The process that saves the state and ends anvil. */
  ownerPid: number;
  genesisHash: Hex;
  /** While `open`, the chain's clock runs from its genesis in the past; when `done` it shows the present. */
  setup: 'open' | 'done';
}

/** The record, or `undefined` where there is none that can be read: it then says nothing about a running chain. */
export function readChainRecord(file: string): ChainRecord | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as ChainRecord;
    return record.version === 1 && Number.isInteger(record.port) && Number.isInteger(record.pid) ? record : undefined;
  } catch {
    return undefined;
  }
}

export function writeChainRecord(file: string, record: ChainRecord): void {
  writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}
