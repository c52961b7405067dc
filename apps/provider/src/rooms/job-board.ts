import type { JobId } from '@encryptech/base';
import type { JobRoom } from './job-room.ts';
import type { JobStatus } from './job-status.ts';

/** How many jobs that are over are remembered. */
const MOST_REMEMBERED = 256;

/** The rooms of running jobs, and how the last ones that are over have ended. */
export interface JobBoard {
  open(room: JobRoom): void;
  /** Closes the job's room and keeps this as its last word. */
  end(status: JobStatus): void;
  room(jobId: JobId): JobRoom | undefined;
  status(jobId: JobId): JobStatus | undefined;
}

export function createJobBoard(): JobBoard {
  const rooms = new Map<JobId, JobRoom>();
  const ended = new Map<JobId, JobStatus>();
  return {
    open: (room) => void rooms.set(room.status.jobId, room),
    end: (status) => {
      const { jobId } = status;
      rooms.get(jobId)?.close();
      rooms.delete(jobId);
      // Taken out first, so that the order of the map is the order of the ends.
      ended.delete(jobId);
      ended.set(jobId, { ...status });
      for (const oldest of ended.keys()) {
        if (ended.size <= MOST_REMEMBERED) break;
        ended.delete(oldest);
      }
    },
    room: (jobId) => rooms.get(jobId),
    status: (jobId) => rooms.get(jobId)?.status ?? ended.get(jobId),
  };
}
