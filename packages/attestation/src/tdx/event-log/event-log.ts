import type { Hex } from '@encryptech/base';

/** A runtime measurement register of a TD: `rtmr0` firmware, `rtmr1` boot loader and kernel, `rtmr2` its command line and initrd, `rtmr3` the application. */
export type Rtmr = 0 | 1 | 2 | 3;

/** One entry of an event log: what was measured into a register. */
export interface MeasuredEvent {
  readonly register: Rtmr;
  /** TCG event type, such as 0x80000001 (EV_EFI_VARIABLE_DRIVER_CONFIG). */
  readonly type: number;
  /** SHA-384 that the register was extended by. */
  readonly digest: Uint8Array;
  /** The application's name for the event; empty where it has none. */
  readonly name: string;
  readonly payload: Uint8Array;
  /** Whether the digest is known to be that of type, name and payload. Else the payload is anybody's word. */
  readonly isPayloadMeasured: boolean;
}

/** What a replayed log says, for people and policies. */
export interface LoggedEvent {
  readonly register: Rtmr;
  readonly type: number;
  readonly digest: Hex;
  readonly name: string;
  /** Only where the digest covers it. */
  readonly payload?: Hex;
}
