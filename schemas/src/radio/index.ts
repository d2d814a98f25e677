export {
  fskAirtimeUs,
  type LoraFrame,
  loraAirtimeUs,
  lorawanFrame,
  lrFhssAirtimeUs,
  symbolUs,
} from './airtime.ts';
export * from './coverage/index.ts';
export {
  type Admission,
  admitEmission,
  DUTY_WINDOW_US,
  type DutyLedger,
  EMPTY_LEDGER,
  type Emission,
  LEDGER_EMISSIONS_MAX,
  settleLedger,
  usedUs,
  withdrawEmission,
} from './duty-ledger.ts';
export * from './helium/index.ts';
export { itemAirtimeUs } from './item-airtime.ts';
export { aesCmac } from './lorawan/cmac.ts';
export {
  type AnsweredRequest,
  dataMic,
  dataMicHolds,
  type OpenJoinAccept,
  openJoinAccept,
  requestMicHolds,
  type SessionKeys,
  type UplinkContext,
} from './lorawan/mic.ts';
export {
  type DataFrame,
  type Hex,
  type JoinAccept,
  type JoinRequest,
  type PhyPayload,
  type Proprietary,
  parsePhy,
  type RejoinRequest,
} from './lorawan/phy.ts';
export * from './plausibility/index.ts';
export {
  type FskRate,
  type LoraRate,
  type LrFhssRate,
  occupiedHz,
  type Rate,
  rateText,
  sameRate,
} from './rate.ts';
export * from './region/index.ts';
export { GATEWAY_SIGNALS, type GatewayStatistic } from './statistics.ts';
export { type Permission, permit, type Transmission } from './transmit.ts';
