import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEncryptechError, type Hex } from '@encryptech/base';
import { delegationCodec, parseJson, type SignedDelegation } from '@encryptech/protocol';
import { readPrivateFile, writePrivateFile } from '@encryptech/sdk/node';
import { z } from 'zod';
import { ownerError } from '../errors.ts';
import { hex } from './delegation-messages.ts';

/** What an owner keeps of a delegation that is open. */
export interface DelegationRecord {
  /** The owner's name for it. */
  readonly id: Hex;
  /** The host's URL. */
  readonly url: string;
  readonly delegated: SignedDelegation;
  /** Security level of the delegate's evidence. */
  readonly level: number;
  readonly datasets: readonly Hex[];
  /** The chain's block as it began. */
  readonly sinceBlock: number;
}

const schema = z.strictObject({
  id: hex(32),
  url: z.url(),
  delegated: z.strictObject({ delegation: delegationCodec.schema, signature: hex(65) }),
  level: z.number().int().min(0).max(3),
  datasets: z.array(hex(32)),
  sinceBlock: z.number().int().nonnegative(),
});

const fileIn = (dir: string): string => join(dir, 'delegation.json');

/** The delegation that is open in an owner's folder, if one is. @throws `owner.delegated` for a file that can't be read */
export async function readDelegationRecord(dir: string): Promise<DelegationRecord | undefined> {
  let text: string;
  try {
    text = await readPrivateFile(fileIn(dir), 'open delegation');
  } catch (error) {
    if (isEncryptechError(error, 'sdk.noFile')) return undefined;
    throw error;
  }
  const found = schema.safeParse(parseJson(text));
  if (found.success) return found.data;
  throw ownerError({
    code: 'owner.delegated',
    message: 'What is written down of the open delegation can not be read.',
    place: fileIn(dir),
  });
}

/** Writes down an open delegation, whole or not at all. */
export function writeDelegationRecord(dir: string, record: DelegationRecord): Promise<void> {
  const { delegation, signature } = record.delegated;
  const json = { ...record, delegated: { delegation: delegationCodec.toJson(delegation), signature } };
  return writePrivateFile(fileIn(dir), JSON.stringify(json));
}

/** No delegation is open any more. */
export const removeDelegationRecord = (dir: string): Promise<void> => rm(fileIn(dir), { force: true });

/**
 * Passes when no delegation is open: only one at a time decides and writes the log.
 *
 * @throws `owner.delegated`
 */
export async function requireNotDelegated(dir: string): Promise<void> {
  const record = await readDelegationRecord(dir);
  if (record === undefined) return;
  throw ownerError({
    code: 'owner.delegated',
    message: `The releases are with a delegate at ${record.url}.`,
    hint: 'Take them back first: encryptech owner take-back',
    data: { delegation: record.id },
  });
}
