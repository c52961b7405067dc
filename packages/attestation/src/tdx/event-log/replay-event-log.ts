import { concatBytes, toHex, type Hex } from '@encryptech/base';
import { sha384 } from '@noble/hashes/sha2.js';
import type { EvidenceClaims } from '../../claims.ts';
import { attestationError } from '../../errors.ts';
import { requireSize } from '../../require-size.ts';
import type { LoggedEvent, MeasuredEvent, Rtmr } from './event-log.ts';
import { readCcel } from './read-ccel.ts';
import { readJsonEventLog } from './read-json-event-log.ts';

const MAX_BYTES = 1_048_576;
const REGISTERS: readonly Rtmr[] = [0, 1, 2, 3];

/**
 * The events of a log that is what a TD's measurement registers say: each register is the SHA-384 chain, from zeros, of the
 * digests that were measured into it (Intel TDX Module Base Architecture Specification, "TDG.MR.RTMR.EXTEND"). Logs are
 * firmware's (CCEL) or dstack's (JSON).
 *
 * @example
 * const claims = await verifyEvidenceBody({ kind: 'tdx', body: quote }, context);
 * const events = replayEventLog(log, claims);
 *
 * @throws `attestation.tooLarge`, `attestation.truncated`, `attestation.malformed`,
 * `attestation.eventLogMismatch` where a register, named in `data.register`, is of another log
 */
export function replayEventLog(log: Uint8Array, { measurements }: Pick<EvidenceClaims, 'measurements'>): LoggedEvent[] {
  const events = readEventLog(log);
  for (const register of REGISTERS) {
    const replayed = replayRegister(events, register);
    if (measurements[`rtmr${register}`] === replayed) continue;
    throw attestationError({
      code: 'attestation.eventLogMismatch',
      message: `The event log is not the one that RTMR${register} was measured from.`,
      place: `RTMR${register}`,
      data: { register, replayed, quoted: measurements[`rtmr${register}`] ?? '' },
    });
  }
  return events.map(({ register, type, digest, name, payload, isPayloadMeasured }) => ({
    register,
    type,
    digest: toHex(digest),
    name: isPayloadMeasured ? name : '',
    ...(isPayloadMeasured ? { payload: toHex(payload) } : {}),
  }));
}

/**
 * The events of a log of either form; nothing says yet that they were measured.
 *
 * @throws `attestation.tooLarge`, `attestation.truncated`, `attestation.malformed`, `attestation.eventLogMismatch`
 */
export function readEventLog(log: Uint8Array): MeasuredEvent[] {
  requireSize(log, MAX_BYTES, 'event log');
  return log[0] === 0x5b ? readJsonEventLog(new TextDecoder().decode(log)) : readCcel(log);
}

/** What a register holds after the events of it. */
export function replayRegister(events: readonly MeasuredEvent[], register: Rtmr): Hex {
  return toHex(
    events
      .filter((event) => event.register === register)
      .reduce<Uint8Array>((value, { digest }) => sha384(concatBytes(value, digest)), new Uint8Array(48)),
  );
}
