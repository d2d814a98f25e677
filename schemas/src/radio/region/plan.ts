import type { Rate } from '../rate.ts';

export type RegionName =
  | 'EU868'
  | 'US915'
  | 'AU915'
  | 'AS923-1'
  | 'AS923-2'
  | 'AS923-3'
  | 'AS923-4'
  | 'IN865'
  | 'KR920'
  | 'CN470'
  | 'EU433'
  | 'RU864';

/** One numbered data rate of one direction. */
export interface DataRate {
  readonly index: number;
  readonly rate: Rate;
}

/** Evenly spaced channels that carry the same data rates. */
export interface ChannelBlock {
  readonly firstHz: number;
  readonly stepHz: number;
  readonly count: number;
  /** Lowest and highest data rate index that may be used here. */
  readonly dataRates: readonly [number, number];
}

/** A piece of spectrum with one limit of power and time. */
export interface Band {
  /** Unique in its plan; the ledger counts by it. */
  readonly name: string;
  readonly fromHz: number;
  readonly toHz: number;
  /** dBm, equivalent isotropic. */
  readonly eirpMaxDbm: number;
  /** Thousandths of an hour in any hour; 1000 where time is not limited. */
  readonly dutyPermille: number;
  /** Longest single emission; only those narrower than `belowHz` are held to it. */
  readonly dwell?: { readonly maxUs: number; readonly belowHz: number };
}

/** What may be sent and heard where. */
export interface RegionPlan {
  readonly name: RegionName;
  readonly uplink: readonly DataRate[];
  readonly downlink: readonly DataRate[];
  /** Channels that every device knows; a network may add others within the bands where `dynamic`. */
  readonly uplinkChannels: readonly ChannelBlock[];
  /** Where the first receive window answers; empty where it answers on the uplink's own frequency. */
  readonly downlinkChannels: readonly ChannelBlock[];
  readonly dynamic: boolean;
  readonly rx2: { readonly frequencyHz: number; readonly dataRate: number };
  readonly bands: readonly Band[];
  /** The law asks for a clear channel before each emission; the forwarder listens, not we. */
  readonly listenBeforeTalk: boolean;
  readonly note?: string;
}

/** Seconds from the end of an uplink to the windows; the same in every region (RP002-1.0.4 §2). */
export const RX1_DELAY_S = 1;
export const RX2_DELAY_S = 2;
export const JOIN_ACCEPT_DELAY1_S = 5;
export const JOIN_ACCEPT_DELAY2_S = 6;

/** Servers send MHz as 32-bit floats, up to 32 Hz beside the channel; channels are at least 200 kHz apart. */
export const CHANNEL_TOLERANCE_HZ = 100;

export const lora = (index: number, spreadingFactor: number, bandwidthHz = 125_000): DataRate => ({
  index,
  rate: { kind: 'lora', spreadingFactor, bandwidthHz },
});

export const fsk = (index: number): DataRate => ({ index, rate: { kind: 'fsk', bitsPerSecond: 50_000 } });

export const lrFhss = (index: number, codingRate: '1/3' | '2/3', widthHz: number): DataRate => ({
  index,
  rate: { kind: 'lr-fhss', codingRate, widthHz },
});

/** DR0 to DR5: SF12 to SF7 at 125 kHz, as in every region but US915. */
export const SF12_TO_SF7: readonly DataRate[] = [12, 11, 10, 9, 8, 7].map((sf, index) => lora(index, sf));

/** DR12 and DR13 since RP002-1.0.5. */
export const SF6_AND_SF5: readonly DataRate[] = [lora(12, 6), lora(13, 5)];

/** Single channels, each for DR0 to DR5. */
export const channelsAt = (...frequenciesHz: readonly number[]): readonly ChannelBlock[] =>
  frequenciesHz.map((firstHz) => ({ firstHz, stepHz: 0, count: 1, dataRates: [0, 5] }));
