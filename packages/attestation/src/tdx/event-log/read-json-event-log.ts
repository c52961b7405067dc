import { concatBytes, equalBytes, utf8 } from '@encryptech/base';
import { sha384 } from '@noble/hashes/sha2.js';
import { attestationError } from '../../errors.ts';
import { jsonFields, type JsonFields } from '../../intel/json-fields.ts';
import type { MeasuredEvent, Rtmr } from './event-log.ts';

const APPLICATION_EVENT = 0x0800_0001;
const MAX_EVENTS = 4_096;

/**
 * The events of a log as dstack's guest agent gives it out: a JSON list of `{imr, event_type, digest, event, event_payload}`,
 * digest and payload in hex. An application's events are the SHA-384 of type, name and payload with colons between, and
 * are checked to be.
 *
 * @throws `attestation.malformed`; `attestation.eventLogMismatch` for an application's event whose digest is of another
 */
export function readJsonEventLog(text: string): MeasuredEvent[] {
  try {
    return jsonFields(`{"events":${text}}`, 'event log', MAX_EVENTS)
      .objects('events')
      .map((event, index) => readEvent(event, index));
  } catch (error) {
    if ((error as { code?: string }).code !== 'attestation.badEndorsement') throw error;
    throw attestationError({
      code: 'attestation.malformed',
      message: `The event log can't be read. ${(error as Error).message}`,
      place: 'event log',
    });
  }
}

function readEvent(json: JsonFields, index: number): MeasuredEvent {
  const type = json.integer('event_type', 0xffff_ffff);
  const name = json.text('event');
  const payload = json.hex('event_payload');
  const digest = json.bytes('digest', 48);
  const isApplication = type === APPLICATION_EVENT;
  if (isApplication && !equalBytes(digest, applicationDigest(type, name, payload))) {
    throw attestationError({
      code: 'attestation.eventLogMismatch',
      message: `The digest of event ${index} ("${name.slice(0, 40)}") is not that of its name and payload.`,
      place: `event ${index}`,
    });
  }
  return { register: json.integer('imr', 3) as Rtmr, type, digest, name, payload, isPayloadMeasured: isApplication };
}

function applicationDigest(type: number, name: string, payload: Uint8Array): Uint8Array {
  const number = Uint8Array.from({ length: 4 }, (_, i) => (type >>> (8 * i)) & 0xff);
  return sha384(concatBytes(number, utf8(':'), utf8(name), utf8(':'), payload));
}
