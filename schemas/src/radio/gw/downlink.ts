import { bytes, duration, int32, many, message, one, oneOf, string, uint32 } from './field.ts';
import {
  FSK_MODULATION_INFO,
  GATEWAY_ID_LEGACY,
  LEGACY_MODULATIONS,
  LORA_MODULATION_INFO,
  MODULATION,
} from './shared.ts';

/** How one item of a downlink fared; `IGNORED`: an earlier one was sent. */
export const TX_ACK_STATUSES = [
  'IGNORED',
  'OK',
  'TOO_LATE',
  'TOO_EARLY',
  'COLLISION_PACKET',
  'COLLISION_BEACON',
  'TX_FREQ',
  'TX_POWER',
  'GPS_UNLOCKED',
  'QUEUE_FULL',
  'INTERNAL_ERROR',
  'DUTY_CYCLE_OVERFLOW',
] as const;

export type TxAckStatus = (typeof TX_ACK_STATUSES)[number];

const IMMEDIATELY_TIMING_INFO = message('gw.ImmediatelyTimingInfo', {});

const DELAY_TIMING_INFO = message('gw.DelayTimingInfo', {
  /** Added to the moment that the context stands for. */
  delay: duration(1),
});

const GPS_EPOCH_TIMING_INFO = message('gw.GPSEpochTimingInfo', { timeSinceGpsEpoch: duration(1) });

export const TIMING = message('gw.Timing', {
  immediately: one(1, IMMEDIATELY_TIMING_INFO, 'parameters'),
  delay: one(2, DELAY_TIMING_INFO, 'parameters'),
  gpsEpoch: one(3, GPS_EPOCH_TIMING_INFO, 'parameters'),
});

const DOWNLINK_TX_INFO_LEGACY = message('gw.DownlinkTxInfoLegacy', {
  gatewayId: bytes(1),
  frequency: uint32(5),
  power: int32(6),
  modulation: oneOf(7, LEGACY_MODULATIONS),
  loraModulationInfo: one(8, LORA_MODULATION_INFO, 'modulation_info'),
  fskModulationInfo: one(9, FSK_MODULATION_INFO, 'modulation_info'),
  board: uint32(10),
  antenna: uint32(11),
  timing: oneOf(12, ['IMMEDIATELY', 'DELAY', 'GPS_EPOCH']),
  immediatelyTimingInfo: one(13, IMMEDIATELY_TIMING_INFO, 'timing_info'),
  delayTimingInfo: one(14, DELAY_TIMING_INFO, 'timing_info'),
  gpsEpochTimingInfo: one(15, GPS_EPOCH_TIMING_INFO, 'timing_info'),
  context: bytes(16),
});

export const DOWNLINK_TX_INFO = message('gw.DownlinkTxInfo', {
  /** Hz. */
  frequency: uint32(1),
  /** dBm, EIRP. */
  power: int32(2),
  modulation: one(3, MODULATION),
  board: uint32(4),
  antenna: uint32(5),
  timing: one(6, TIMING),
  /** As the uplink had it. */
  context: bytes(7),
});

export const DOWNLINK_FRAME_ITEM = message('gw.DownlinkFrameItem', {
  phyPayload: bytes(1),
  txInfoLegacy: one(2, DOWNLINK_TX_INFO_LEGACY),
  txInfo: one(3, DOWNLINK_TX_INFO),
});

/** `command/down`. Items are alternatives, the first one is preferred. */
export const DOWNLINK_FRAME = message('gw.DownlinkFrame', {
  downlinkId: uint32(3),
  downlinkIdLegacy: bytes(4),
  items: many(5, DOWNLINK_FRAME_ITEM),
  gatewayIdLegacy: bytes(6),
  gatewayId: string(7),
});

export const DOWNLINK_TX_ACK_ITEM = message('gw.DownlinkTxAckItem', {
  status: oneOf(1, TX_ACK_STATUSES),
});

/** `event/ack`: one status for each item of the downlink. */
export const DOWNLINK_TX_ACK = message('gw.DownlinkTxAck', {
  gatewayIdLegacy: GATEWAY_ID_LEGACY,
  gatewayId: string(6),
  downlinkId: uint32(2),
  downlinkIdLegacy: bytes(4),
  items: many(5, DOWNLINK_TX_ACK_ITEM),
});
