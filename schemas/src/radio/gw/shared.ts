import { bool, bytes, double, float, message, one, oneOf, string, uint32 } from './field.ts';

/**
 * Parts that several messages have in common. Names, numbers and the order of the rows are those of
 * `gw/gw.proto` and `common/common.proto` of ChirpStack 4.19 (MIT).
 */

/** `LI`: long interleaving. 1/3 and 2/3 of LR-FHSS are CR_2_6 and CR_4_6. */
export const CODE_RATES = [
  'CR_UNDEFINED',
  'CR_4_5',
  'CR_4_6',
  'CR_4_7',
  'CR_4_8',
  'CR_3_8',
  'CR_2_6',
  'CR_1_4',
  'CR_1_6',
  'CR_5_6',
  'CR_LI_4_5',
  'CR_LI_4_6',
  'CR_LI_4_8',
] as const;

export type CodeRate = (typeof CODE_RATES)[number];

export const CRC_STATUSES = ['NO_CRC', 'BAD_CRC', 'CRC_OK'] as const;

/** `common.Modulation`, of the fields that ChirpStack 3 had. */
export const LEGACY_MODULATIONS = ['LORA', 'FSK', 'LR_FHSS'] as const;

export const LOCATION_SOURCES = [
  'UNKNOWN',
  'GPS',
  'CONFIG',
  'GEO_RESOLVER_TDOA',
  'GEO_RESOLVER_RSSI',
  'GEO_RESOLVER_GNSS',
  'GEO_RESOLVER_WIFI',
] as const;

export const LORA_MODULATION_INFO = message('gw.LoraModulationInfo', {
  /** Hz. */
  bandwidth: uint32(1),
  spreadingFactor: uint32(2),
  codeRateLegacy: string(3),
  codeRate: oneOf(5, CODE_RATES),
  polarizationInversion: bool(4),
  preamble: uint32(6),
  noCrc: bool(7),
});

export const FSK_MODULATION_INFO = message('gw.FskModulationInfo', {
  /** Hz. */
  frequencyDeviation: uint32(1),
  /** Bits per second. */
  datarate: uint32(2),
});

export const LR_FHSS_MODULATION_INFO = message('gw.LrFhssModulationInfo', {
  /** Hz. */
  operatingChannelWidth: uint32(1),
  codeRateLegacy: string(2),
  codeRate: oneOf(4, CODE_RATES),
  gridSteps: uint32(3),
});

export const MODULATION = message('gw.Modulation', {
  lora: one(3, LORA_MODULATION_INFO, 'parameters'),
  fsk: one(4, FSK_MODULATION_INFO, 'parameters'),
  lrFhss: one(5, LR_FHSS_MODULATION_INFO, 'parameters'),
});

export const LOCATION = message('common.Location', {
  /** Degrees, WGS 84. */
  latitude: double(1),
  longitude: double(2),
  /** Metres. */
  altitude: double(3),
  source: oneOf(4, LOCATION_SOURCES),
  /** Metres. */
  accuracy: float(5),
});

export const GATEWAY_ID_LEGACY = bytes(1);
