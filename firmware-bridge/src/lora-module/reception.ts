import type { ReceptionBody } from '@outpost/schemas/words';
import { modulationOf, type Tuned } from './settings.ts';

/** What a module says of one frame that it heard. */
export interface HeardFrame {
  readonly phy: Uint8Array;
  readonly rssiDeciDbm: number | undefined;
  readonly snrDeciDb: number | undefined;
  /** Port of a TNC with several radios. */
  readonly channel?: number;
  /** What stands for the bytes of the module where they hold what is not ours to keep. */
  readonly raw?: Uint8Array;
}

const base = (phy: Uint8Array, tuned: Tuned | undefined): Omit<ReceptionBody, 'direction'> => ({
  kind: 'reception',
  gateway: undefined,
  phy,
  crc: 'unknown',
  frequencyHz: tuned?.frequencyHz,
  modulation: tuned === undefined ? undefined : modulationOf(tuned),
  rssiDeciDbm: undefined,
  signalRssiDeciDbm: undefined,
  snrDeciDb: undefined,
  powerDeciDbm: undefined,
  tmst: undefined,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
});

/**
 * A frame as a serial module heard it. Whatever the module does not say stays undefined: gateway, clock, frequency
 * error, antenna. `crc` is `unknown` because a module says nothing of frames that failed, and neither whether a frame
 * had a checksum at all. Frequency and modulation are what the module was set to, not what was measured.
 */
export const receptionOf = (frame: HeardFrame, tuned: Tuned | undefined): ReceptionBody => ({
  ...base(frame.phy, tuned),
  direction: 'heard',
  rssiDeciDbm: frame.rssiDeciDbm,
  snrDeciDb: frame.snrDeciDb,
  channel: frame.channel,
});

/** A frame that a module says it sent, with the power that its owner set. */
export const emissionOf = (phy: Uint8Array, tuned: Tuned, eirpDbm: number): ReceptionBody => ({
  ...base(phy, tuned),
  direction: 'sent',
  powerDeciDbm: Math.round(eirpDbm * 10),
});
