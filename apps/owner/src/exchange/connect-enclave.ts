import { wire, type WireMessage } from '@encryptech/protocol';
import type { JobId } from '@encryptech/base';
import { connectLine, type MessageLine } from './connect-line.ts';

/** A line to the enclave of a job, through its provider. */
export type EnclaveLine = MessageLine<WireMessage>;

export interface ConnectOptions {
  /** The provider's URL as registered on chain. */
  providerUrl: string;
  jobId: JobId;
  /** Longest wait for the connection, and for each message. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** @throws `owner.provider` */
export const connectEnclave = ({ providerUrl, jobId, ...rest }: ConnectOptions): Promise<EnclaveLine> =>
  connectLine({ url: `${providerUrl.replace(/\/+$/, '')}/v1/jobs/${jobId}/enclave`, codec: wire, ...rest });
