import {
  type DownlinkItem,
  fail,
  fault,
  ok,
  type ReceptionBody,
  type Result,
  type TransmitAt,
} from '../../../words/index.ts';
import type { DOWNLINK_FRAME } from '../downlink.ts';
import type { Given, ValueOf } from '../field.ts';
import { modulationOf, writeModulation } from './modulation.ts';
import { contextOf, counterOf } from './uplink.ts';

export type DownlinkFrame = ValueOf<typeof DOWNLINK_FRAME>;

type Item = DownlinkFrame['items'][number];
type TxInfo = NonNullable<Item['txInfo']>;

const NS_PER_MS = 1_000_000n;
const NS_PER_US = 1_000n;
const COUNTER_SPAN = 2n ** 32n;
const PHY_MAX_BYTES = 255;

/** The power that a gateway is told: whole dBm, never more than what was asked for. */
export const wholeDbm = (powerDbm: number): number => Math.floor(powerDbm);

const timing = (at: TransmitAt): Given<Pick<TxInfo, 'timing' | 'context'>> => {
  switch (at.kind) {
    case 'immediately':
      return { timing: { immediately: {} } };
    case 'count':
      return { timing: { delay: { delay: 0n } }, context: contextOf(at.tmst) };
    case 'gps':
      return { timing: { gpsEpoch: { timeSinceGpsEpoch: BigInt(at.tmms) * NS_PER_MS } } };
  }
};

const writeItem = (item: DownlinkItem): Given<Item> => ({
  phyPayload: item.phy,
  txInfo: {
    frequency: item.frequencyHz,
    power: wholeDbm(item.powerDbm),
    modulation: writeModulation(item.modulation, item),
    ...timing(item.at),
  },
});

/** A downlink for ChirpStack's gateway side: the items are alternatives, the first one is preferred. */
export const writeDownlink = (
  gateway: string,
  downlinkId: number,
  items: readonly DownlinkItem[],
): Given<DownlinkFrame> => ({ downlinkId, gatewayId: gateway, items: items.map(writeItem) });

const bad = (words: string): Result<never> => fail(fault('malformed', 'gw.downlink', 'message', words));

/** The delay counts from the moment that the context stands for, modulo the counter's 2^32 µs. */
const timeOf = ({ timing: said, context }: TxInfo): TransmitAt | undefined => {
  if (said?.immediately !== undefined) return { kind: 'immediately' };
  if (said?.gpsEpoch?.timeSinceGpsEpoch !== undefined) {
    const ms = said.gpsEpoch.timeSinceGpsEpoch / NS_PER_MS;
    return ms < 0n ? undefined : { kind: 'gps', tmms: Number(ms) };
  }
  const tmst = counterOf(context);
  if (said?.delay === undefined || tmst === undefined) return undefined;
  const sum = BigInt(tmst) + (said.delay.delay ?? 0n) / NS_PER_US;
  return { kind: 'count', tmst: Number(((sum % COUNTER_SPAN) + COUNTER_SPAN) % COUNTER_SPAN) };
};

const itemOf = ({ phyPayload, txInfo }: Item): Result<DownlinkItem> => {
  if (txInfo === undefined) return bad('a downlink does not say how it is to be sent.');
  if (phyPayload.length === 0 || phyPayload.length > PHY_MAX_BYTES) {
    return bad(`a downlink has not 1 to ${PHY_MAX_BYTES} bytes.`);
  }
  const at = timeOf(txInfo);
  if (at === undefined) return bad('a downlink has no time that a counter or GPS could tell.');
  const modulation = modulationOf(txInfo.modulation);
  if (modulation === undefined || modulation === false)
    return bad('a downlink has no rate that radios have.');
  if (txInfo.frequency === 0) return bad('a downlink has no frequency.');
  const lora = txInfo.modulation?.lora;
  return ok({
    phy: phyPayload,
    at,
    frequencyHz: txInfo.frequency,
    powerDbm: txInfo.power,
    modulation,
    invertPolarity: lora?.polarizationInversion ?? false,
    preambleSymbols: lora === undefined || lora.preamble === 0 ? undefined : lora.preamble,
    noCrc: lora?.noCrc ?? false,
  });
};

/** What ChirpStack wants sent; a fault where one of the items cannot be read. */
export const downlinkItems = ({ items }: DownlinkFrame): Result<readonly DownlinkItem[]> => {
  const read: DownlinkItem[] = [];
  for (const each of items) {
    const item = itemOf(each);
    if (!item.ok) return item;
    read.push(item.value);
  }
  return read.length === 0 ? bad('a downlink has no items.') : ok(read);
};

/** The frame that a gateway says it sends, as evidence. */
export const sentBody = (gateway: Uint8Array, item: DownlinkItem): ReceptionBody => ({
  kind: 'reception',
  direction: 'sent',
  gateway,
  phy: item.phy,
  crc: item.noCrc ? 'none' : 'ok',
  frequencyHz: item.frequencyHz,
  modulation: item.modulation,
  rssiDeciDbm: undefined,
  signalRssiDeciDbm: undefined,
  snrDeciDb: undefined,
  powerDeciDbm: wholeDbm(item.powerDbm) * 10,
  tmst: undefined,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: undefined,
  rfChain: undefined,
  antenna: undefined,
  location: undefined,
});
