import { ByteReader } from '../../byte-reader.ts';
import { attestationError } from '../../errors.ts';
import type { MeasuredEvent, Rtmr } from './event-log.ts';

const EV_NO_ACTION = 3;
const SHA384 = 0x000c;
const SPECIFICATION = 'Spec ID Event03\0';
const MAX_EVENTS = 4_096;
const MAX_ALGORITHMS = 8;
/** What fills a log's buffer after its last event. */
const PADDING = 0xffff_ffff;

/**
 * The events of a crypto-agile log as firmware leaves it in the CCEL table (TCG PC Client Platform Firmware Profile, section
 * 10.2; UEFI 2.10, section 38.4). Register indexes are those of confidential computing: 0 is MRTD, 1 to 4 are RTMR0 to 3.
 *
 * @throws `attestation.truncated`, `attestation.malformed`
 */
export function readCcel(bytes: Uint8Array): MeasuredEvent[] {
  const log = new ByteReader(bytes, 'event log');
  const digestSizes = readHeader(log);
  const events: MeasuredEvent[] = [];
  while (log.remaining >= 8) {
    const index = log.u32('register index');
    const type = log.u32('event type');
    if (index === PADDING || (index === 0 && type === 0)) break;
    const digest = readDigests(log, digestSizes);
    const payload = log.take(log.u32('event size'), 'event');
    // An event of this type says something about the log and extends nothing.
    if (type === EV_NO_ACTION) continue;
    if (index < 1 || index > 4) throw malformed(`has an event for register ${index}`);
    if (digest === undefined) throw malformed('has an event without a SHA-384');
    if (events.length >= MAX_EVENTS) throw malformed(`has more than ${MAX_EVENTS} events`);
    events.push({ register: (index - 1) as Rtmr, type, digest, name: '', payload, isPayloadMeasured: false });
  }
  return events;
}

/** The first event, in the older form, which names the algorithms of all others and their digests' sizes. */
function readHeader(log: ByteReader): ReadonlyMap<number, number> {
  log.u32('register index');
  if (log.u32('event type') !== EV_NO_ACTION) throw malformed('does not begin with its header');
  log.take(20, 'digest');
  const header = new ByteReader(log.take(log.u32('event size'), 'header'), 'event log header');
  if (new TextDecoder('latin1').decode(header.take(16, 'signature')) !== SPECIFICATION)
    throw malformed('is not of the crypto-agile format');
  header.take(8, 'version');
  const count = header.u32('number of algorithms');
  if (count < 1 || count > MAX_ALGORITHMS) throw malformed(`names ${count} algorithms`);
  const sizes = new Map<number, number>();
  for (let i = 0; i < count; i++) sizes.set(header.u16('algorithm'), header.u16('digest size'));
  if (sizes.get(SHA384) !== 48) throw malformed('has no SHA-384');
  return sizes;
}

function readDigests(log: ByteReader, sizes: ReadonlyMap<number, number>): Uint8Array | undefined {
  const count = log.u32('digest count');
  if (count > MAX_ALGORITHMS) throw malformed(`has an event with ${count} digests`);
  let found: Uint8Array | undefined;
  for (let i = 0; i < count; i++) {
    const algorithm = log.u16('algorithm');
    const size = sizes.get(algorithm);
    if (size === undefined) throw malformed(`has a digest of the unannounced algorithm ${algorithm}`);
    const digest = log.take(size, 'digest');
    if (algorithm === SHA384) found = digest;
  }
  return found;
}

const malformed = (message: string): Error =>
  attestationError({ code: 'attestation.malformed', message: `The event log ${message}.`, place: 'event log' });
