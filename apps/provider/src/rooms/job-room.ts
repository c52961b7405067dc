import { wire, wireErrorOf } from '@encryptech/protocol';
import type { ChallengeBody } from '../enclave/enclave-pipe.ts';
import { providerError } from '../errors.ts';
import type { JobStatus } from './job-status.ts';

/** One connection of the WebSocket; `ws` fits. */
export interface RoomSocket {
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Bytes that are queued and not sent yet. */
  readonly bufferedAmount: number;
}

export interface JobRoomOptions {
  status: JobStatus;
  /** Passes the message of an owner to the enclave as it is. */
  toEnclave: (bytes: Uint8Array) => Promise<void>;
  /** Throws unless the challenge is a fresh one of the dataset's owner for this job. */
  checkChallenge: (body: ChallengeBody) => Promise<unknown>;
}

const MOST_SOCKETS = 32;
const MOST_MESSAGES_PER_MINUTE = 120;
/** A listener that does not read loses its connection, not the provider its memory. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;

/** The meeting of a job's enclave, its owner's agent and whoever watches. */
export interface JobRoom {
  readonly status: JobStatus;
  update(change: Partial<JobStatus>): void;
  /** Sends a message of the enclave to all who are there. */
  say(bytes: Uint8Array): void;
  /** A listener has come. @throws `provider.tooManySessions` */
  join(socket: RoomSocket): { receive(bytes: Uint8Array): Promise<void>; leave(): void };
  /** Sends everybody away. */
  close(): void;
}

/**
 * A room that relays between sockets and one enclave. Everybody hears what the enclave says (evidence, progress: nothing
 * private). Only a socket that has shown a fresh challenge of the dataset's owner may speak to the enclave: a release is
 * checked there anyway, but a denial would end the job.
 */
export function createJobRoom({ status, toEnclave, checkChallenge }: JobRoomOptions): JobRoom {
  const sockets = new Set<RoomSocket>();
  const current = { ...status };

  const receive = async (socket: RoomSocket, visit: Visit, bytes: Uint8Array): Promise<void> => {
    if (++visit.messages > MOST_MESSAGES_PER_MINUTE) return socket.close(1008, 'too many messages');
    try {
      const message = wire.decode(bytes);
      if (message.type === 'ping') {
        if (!message.body.answer) socket.send(wire.encode({ type: 'ping', body: { ...message.body, answer: true } }));
        return;
      }
      if (message.type === 'challenge') {
        await checkChallenge(message.body);
        visit.isOwner = true;
      } else if (!visit.isOwner || (message.type !== 'release' && message.type !== 'denied')) {
        throw notOwner(message.type);
      }
      await toEnclave(bytes);
    } catch (error) {
      socket.send(wire.encode({ type: 'error', body: wireErrorOf(error) }));
    }
  };

  return {
    status: current,
    update: (change) => void Object.assign(current, change),
    say: (bytes) => {
      for (const socket of sockets) {
        if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.close(1013, 'too slow');
        else socket.send(bytes);
      }
    },
    join: (socket) => {
      if (sockets.size >= MOST_SOCKETS) {
        throw providerError({
          code: 'provider.tooManySessions',
          message: `This job has ${MOST_SOCKETS} listeners already.`,
          retry: 'later',
        });
      }
      sockets.add(socket);
      const visit: Visit = { isOwner: false, messages: 0 };
      const minute = setInterval(() => (visit.messages = 0), 60_000);
      minute.unref();
      let queue = Promise.resolve();
      return {
        receive: (bytes) => (queue = queue.then(() => receive(socket, visit, bytes))),
        leave: () => {
          clearInterval(minute);
          sockets.delete(socket);
        },
      };
    },
    close: () => {
      for (const socket of sockets) socket.close(1000, 'the job has ended');
      sockets.clear();
    },
  };
}

interface Visit {
  isOwner: boolean;
  messages: number;
}

const notOwner = (type: string) =>
  providerError({
    code: 'provider.notOwner',
    message: `A ${type} is taken from the dataset's owner only.`,
    hint: 'Send a challenge on this connection first.',
  });
