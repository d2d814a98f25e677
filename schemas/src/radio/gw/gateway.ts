import { duration, many, mapOf, message, numbers, one, oneOf, string, timestamp, uint32 } from './field.ts';
import { GATEWAY_ID_LEGACY, LEGACY_MODULATIONS, LOCATION, MODULATION } from './shared.ts';

const PER_MODULATION_COUNT = message('gw.PerModulationCount', {
  modulation: one(1, MODULATION),
  count: uint32(2),
});

const DUTY_CYCLE_BAND = message('gw.DutyCycleBand', {
  name: string(1),
  frequencyMin: uint32(2),
  frequencyMax: uint32(3),
  loadMax: duration(4),
  loadTracked: duration(5),
});

const DUTY_CYCLE_STATS = message('gw.DutyCycleStats', {
  regulation: oneOf(1, ['REGULATION_UNKNOWN', 'ETSI_EN_300_220']),
  window: duration(2),
  bands: many(3, DUTY_CYCLE_BAND),
});

/** `event/stats`; the counts are of one interval, mostly 30 s. */
export const GATEWAY_STATS = message('gw.GatewayStats', {
  gatewayIdLegacy: GATEWAY_ID_LEGACY,
  gatewayId: string(17),
  time: timestamp(2),
  location: one(3, LOCATION),
  configVersion: string(4),
  rxPacketsReceived: uint32(5),
  rxPacketsReceivedOk: uint32(6),
  txPacketsReceived: uint32(7),
  txPacketsEmitted: uint32(8),
  metadata: mapOf(10, 'string', 'string'),
  txPacketsPerFrequency: mapOf(12, 'uint32', 'uint32'),
  rxPacketsPerFrequency: mapOf(13, 'uint32', 'uint32'),
  txPacketsPerModulation: many(14, PER_MODULATION_COUNT),
  rxPacketsPerModulation: many(15, PER_MODULATION_COUNT),
  txPacketsPerStatus: mapOf(16, 'string', 'uint32'),
  dutyCycleStats: one(18, DUTY_CYCLE_STATS),
});

/** `state/conn`, a stored message. */
export const CONN_STATE = message('gw.ConnState', {
  gatewayIdLegacy: GATEWAY_ID_LEGACY,
  gatewayId: string(3),
  state: oneOf(2, ['OFFLINE', 'ONLINE']),
});

const LORA_MODULATION_CONFIG = message('gw.LoraModulationConfig', {
  /** kHz. */
  bandwidthLegacy: uint32(1),
  /** Hz. */
  bandwidth: uint32(3),
  spreadingFactors: numbers(2),
});

const FSK_MODULATION_CONFIG = message('gw.FskModulationConfig', {
  bandwidthLegacy: uint32(1),
  bandwidth: uint32(3),
  bitrate: uint32(2),
});

const CHANNEL_CONFIGURATION = message('gw.ChannelConfiguration', {
  frequency: uint32(1),
  modulationLegacy: oneOf(2, LEGACY_MODULATIONS),
  loraModulationConfig: one(3, LORA_MODULATION_CONFIG, 'modulation_config'),
  fskModulationConfig: one(4, FSK_MODULATION_CONFIG, 'modulation_config'),
  board: uint32(5),
  demodulator: uint32(6),
});

/** `command/config`: which channels to listen on. */
export const GATEWAY_CONFIGURATION = message('gw.GatewayConfiguration', {
  gatewayIdLegacy: GATEWAY_ID_LEGACY,
  gatewayId: string(5),
  version: string(2),
  channels: many(3, CHANNEL_CONFIGURATION),
  statsInterval: duration(4),
});
