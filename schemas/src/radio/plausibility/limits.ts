import type { TimeTrust } from '../../words/index.ts';

/**
 * The numbers of the physics profile. Each margin was chosen on about 125,000 receptions of published captures
 * (CampusIoT, ODbL): the free-space bound with 3 dB flags at most 0.09 % of honest ones, the SNR floor less 3 dB 0.33 %
 * at SF12 and 0.002 % at SF7, where the bare floor would flag 18.7 % and 3.45 %.
 */
export const COVERAGE_RULES = {
  marginDb: 3,
  /** Added to free space where no region and no power is known: no region allows more. */
  eirpUnknownDbm: 30,
  /**
   * dBi of an antenna of which nobody says what it is: the longest rods that are sold for hotspots have 8 or 9. Whoever
   * has a dish or a Yagi says so.
   */
  gainUnknownDbi: 9,
  /** Two satellite fixes together; a distance may be so much shorter than it looks. */
  placeErrorM: 50,
  distanceMaxM: 100_000,
  /** Metres per second that an antenna on the ground can move. */
  speedMax: 100,
  /** Crystals of concentrators keep 10 ppm; forwarders refuse a reference beyond it. */
  driftPpm: 10,
  /** Sixteen LoRa demodulators of an SX1303, its fast LoRa and its FSK channel. */
  demodulators: 18,
  /** Frames of a device that repeats itself are at least so far apart (RX1 opens after 1 s). */
  repeatAfterMs: 1_000,
  /** dB over a gateway's usual noise that one frame may be heard in; passing interference is mostly less. */
  noiseAboveDb: 15,
  /** Above this radios stop to tell the SNR truly, and noise cannot be worked out. */
  noiseSnrMaxDb: 9,
  /** Frames from which the usual noise is learnt, at least. */
  noiseFramesMin: 15,
  /** So many of a gateway's latest receptions that are too loud are no chance any more. */
  recordDoubts: 8,
  /** dB over the upper quartile of a device's levels at one gateway, or so many times their middle half, if more. */
  levelAboveDb: 14,
  levelSpreads: 2,
  /** Frames of one device from which its usual level is learnt, at least. */
  levelFramesMin: 8,
  /** Two devices may share an address; counters further apart than this are not taken for one device's. */
  countedOnMax: 64,
  /** Where nobody sets a clock, what it is off by changes no more than this besides its drift, µs. */
  freeRunErrorUs: 100_000,
  /** Forwarders tell their place every half minute; until then an antenna that drives is elsewhere. */
  placeAgeMs: 30_000,
  /** Nobody repeats a frame for longer than this; whoever has it later has stored it. */
  replayAfterMs: 600_000,
  /** A beacon is never repeated, nor is a join: each has a number of its own. */
  replayOnceAfterMs: 10_000,
} as const;

/** Most that is remembered; beyond it the longest unseen is forgotten, which only makes a rule `unknown` or blind to it. */
export const GATEWAYS_MAX = 4_096;
export const FRAMES_MAX = 200_000;
/** Receptions of one gateway kept to count overlaps; more than there are demodulators. */
export const RECENT_MAX = 32;
/** Values of noise remembered of one gateway. */
export const NOISES_MAX = 31;
/** Receptions of one gateway among which those that are too loud are counted. */
export const RECORD_MAX = 128;
/** Boxes remembered under one EUI. */
export const BOXES_MAX = 4;
/** Devices at gateways whose level and counter are remembered, and levels of each. */
export const LINKS_MAX = 50_000;
export const LEVELS_MAX = 31;
/** Gateways remembered for one frame. */
export const HEARERS_MAX = 64;

export const LIGHT_M_PER_S = 299_792_458;

/** Free-space path loss in dB (Friis). */
export const freeSpaceLossDb = (frequencyHz: number, distanceM: number): number =>
  20 * Math.log10((4 * Math.PI * distanceM * frequencyHz) / LIGHT_M_PER_S);

/** dB at which a LoRa demodulator still works; SX1276 datasheet table 13, SX1262 for SF5 and SF6. */
export const snrFloorDb = (spreadingFactor: number): number => 10 - 2.5 * spreadingFactor;

/** dBm of thermal noise in this bandwidth at room temperature; no receiver has less. */
export const thermalNoiseDbm = (bandwidthHz: number): number => -174 + 10 * Math.log10(bandwidthHz);

/**
 * dBm of the signal alone. RSSI measures the channel, which below 0 dB of SNR is mostly noise (“estimated signal
 * power”).
 */
export const signalDbm = (rssiDbm: number, snrDb: number | undefined): number =>
  snrDb === undefined ? rssiDbm : rssiDbm + snrDb - 10 * Math.log10(1 + 10 ** (snrDb / 10));

/** dBm of the noise that a frame was heard in: what the channel holds besides the signal. */
export const noiseDbm = (rssiDbm: number, snrDb: number): number =>
  rssiDbm - 10 * Math.log10(1 + 10 ** (snrDb / 10));

/** Largest error of a wall clock in µs; undefined where it may be anything. */
export const timeErrorUs = (trust: TimeTrust): number | undefined => {
  switch (trust) {
    case 'gnss':
      return 1_000;
    case 'ntp':
      return 500_000;
    case 'rtc':
    case 'none':
      return undefined;
  }
};
