import {
  bytes,
  double,
  duration,
  float,
  int32,
  mapOf,
  message,
  one,
  oneOf,
  string,
  timestamp,
  uint32,
} from './field.ts';
import {
  CRC_STATUSES,
  FSK_MODULATION_INFO,
  LEGACY_MODULATIONS,
  LOCATION,
  LORA_MODULATION_INFO,
  LR_FHSS_MODULATION_INFO,
  MODULATION,
} from './shared.ts';

const UPLINK_TX_INFO_LEGACY = message('gw.UplinkTxInfoLegacy', {
  frequency: uint32(1),
  modulation: oneOf(2, LEGACY_MODULATIONS),
  loraModulationInfo: one(3, LORA_MODULATION_INFO, 'modulation_info'),
  fskModulationInfo: one(4, FSK_MODULATION_INFO, 'modulation_info'),
  lrFhssModulationInfo: one(5, LR_FHSS_MODULATION_INFO, 'modulation_info'),
});

const ENCRYPTED_FINE_TIMESTAMP = message('gw.EncryptedFineTimestamp', {
  aesKeyIndex: uint32(1),
  encryptedNs: bytes(2),
  fpgaId: bytes(3),
});

const PLAIN_FINE_TIMESTAMP = message('gw.PlainFineTimestamp', { time: timestamp(1) });

const UPLINK_RX_INFO_LEGACY = message('gw.UplinkRxInfoLegacy', {
  gatewayId: bytes(1),
  time: timestamp(2),
  timeSinceGpsEpoch: duration(3),
  rssi: int32(5),
  loraSnr: double(6),
  channel: uint32(7),
  rfChain: uint32(8),
  board: uint32(9),
  antenna: uint32(10),
  location: one(11, LOCATION),
  fineTimestampType: oneOf(12, ['NONE', 'ENCRYPTED', 'PLAIN']),
  encryptedFineTimestamp: one(13, ENCRYPTED_FINE_TIMESTAMP, 'fine_timestamp'),
  plainFineTimestamp: one(14, PLAIN_FINE_TIMESTAMP, 'fine_timestamp'),
  context: bytes(15),
  uplinkId: bytes(16),
  crcStatus: oneOf(17, CRC_STATUSES),
  metadata: mapOf(18, 'string', 'string'),
});

export const UPLINK_TX_INFO = message('gw.UplinkTxInfo', {
  /** Hz. */
  frequency: uint32(1),
  modulation: one(2, MODULATION),
});

export const UPLINK_RX_INFO = message('gw.UplinkRxInfo', {
  /** 16 digits of lower-case hex. */
  gatewayId: string(1),
  uplinkId: uint32(2),
  /** By the gateway's GNSS receiver, where it has one. */
  gwTime: timestamp(3),
  /** Set by the network server. */
  nsTime: timestamp(17),
  timeSinceGpsEpoch: duration(4),
  fineTimeSinceGpsEpoch: duration(5),
  /** dBm. */
  rssi: int32(6),
  /** dB, a 32-bit float. */
  snr: float(7),
  channel: uint32(8),
  rfChain: uint32(9),
  board: uint32(10),
  antenna: uint32(11),
  location: one(12, LOCATION),
  /** What the gateway wants back with a downlink that answers this uplink; its own business. */
  context: bytes(13),
  metadata: mapOf(15, 'string', 'string'),
  crcStatus: oneOf(16, CRC_STATUSES),
});

/** `event/up`. The legacy parts serve ChirpStack 3. */
export const UPLINK_FRAME = message('gw.UplinkFrame', {
  phyPayload: bytes(1),
  txInfoLegacy: one(2, UPLINK_TX_INFO_LEGACY),
  rxInfoLegacy: one(3, UPLINK_RX_INFO_LEGACY),
  txInfo: one(4, UPLINK_TX_INFO),
  rxInfo: one(5, UPLINK_RX_INFO),
});
