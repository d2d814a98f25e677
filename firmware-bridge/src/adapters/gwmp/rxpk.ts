import { fromBase64, ok, type ReceptionBody, type Result, toBase64 } from '@outpost/schemas/words';
import { readRate, writeRate } from './data-rate.ts';
import { malformed } from './datagram.ts';
import { disagree, readMoment, writeMoment } from './gateway-time.ts';
import {
  besides,
  isMembers,
  isSimulated,
  type Members,
  numberIn,
  type Scale,
  scaledIn,
  textIn,
} from './members.ts';

/** A frame as one gateway heard it, once for each antenna that did. */
export interface Heard {
  readonly bodies: readonly ReceptionBody[];
  readonly simulated: boolean;
  /** The gateway's UTC and its GPS milliseconds are two different moments. */
  readonly clockDisagrees: boolean;
}

/** What a leaf can carry; LoRa itself ends at 255. */
const PHY_MAX_BYTES = 1_024;

/** Antennas of one item that are read; the boards of format 2 have two. */
const ANTENNAS_MAX = 16;

const HERTZ: Scale = { factor: 1e6, min: 1, max: 100_000_000_000 };
const DBM: Scale = { factor: 10, min: -3_000, max: 1_000 };
const DB: Scale = { factor: 10, min: -1_000, max: 1_000 };
const COUNTER: Scale = { factor: 1, min: 0, max: 0xffff_ffff };
const NUMBER: Scale = { factor: 1, min: 0, max: 65_535 };
const OFFSET_HZ: Scale = { factor: 1, min: -10_000_000, max: 10_000_000 };
const FINE_NS: Scale = { factor: 1, min: 0, max: 999_999_999 };
const GPS_MS: Scale = { factor: 1, min: 0, max: 2 ** 43 };

const bad = (words: string): Result<never> => malformed('rxpk', words);

const readPhy = (item: Members): Result<Uint8Array> => {
  const text = textIn(item, 'data');
  if (text === undefined) return bad('a frame has no data.');
  const phy = fromBase64(text);
  if (phy === undefined) return bad('the data of a frame is no base64.');
  if (phy.length > PHY_MAX_BYTES) return bad(`a frame is longer than ${PHY_MAX_BYTES} bytes.`);
  const size = numberIn(item, 'size');
  if (size === false || (size !== undefined && size !== phy.length))
    return bad('a frame has not as many bytes as its size says.');
  return ok(phy);
};

const CRC: ReadonlyMap<unknown, ReceptionBody['crc']> = new Map<unknown, ReceptionBody['crc']>([
  [1, 'ok'],
  [-1, 'bad'],
  [0, 'none'],
  [undefined, 'unknown'],
]);

type Signal = Pick<
  ReceptionBody,
  'rssiDeciDbm' | 'signalRssiDeciDbm' | 'snrDeciDb' | 'frequencyOffsetHz' | 'channel' | 'antenna' | 'fineNs'
>;

/** What may differ from one antenna to the next: of the item itself, or in format 2 of each entry of its `rsig`. */
const readSignal = (at: Members, rssi: 'rssi' | 'rssic'): Signal | undefined => {
  const rssiDeciDbm = scaledIn(at, rssi, DBM);
  const signalRssiDeciDbm = scaledIn(at, 'rssis', DBM);
  const snrDeciDb = scaledIn(at, 'lsnr', DB);
  if (rssiDeciDbm === false || signalRssiDeciDbm === false || snrDeciDb === false) return undefined;
  return {
    rssiDeciDbm,
    signalRssiDeciDbm,
    snrDeciDb,
    frequencyOffsetHz: besides(at, 'foff', OFFSET_HZ),
    channel: besides(at, 'chan', NUMBER),
    antenna: besides(at, 'ant', NUMBER),
    fineNs: besides(at, 'ftime', FINE_NS),
  };
};

const readSignals = (item: Members): readonly Signal[] | undefined => {
  const { rsig } = item;
  if (!Array.isArray(rsig) || rsig.length === 0) {
    const signal = readSignal(item, 'rssi');
    return signal === undefined ? undefined : [signal];
  }
  if (rsig.length > ANTENNAS_MAX) return undefined;
  const signals: Signal[] = [];
  for (const each of rsig) {
    const signal = isMembers(each) ? readSignal(each, 'rssic') : undefined;
    if (signal === undefined) return undefined;
    signals.push(signal);
  }
  return signals;
};

/**
 * Reads one `rxpk` (PROTOCOL.md §4). What a frame is heard for must hold: its bytes, its size, its rate, frequency,
 * counter and strengths, each in quotes or not, each absent or null. What is said besides is left out where it makes
 * no sense.
 */
export const readRxpk = (item: Members, gateway: Uint8Array): Result<Heard> => {
  const phy = readPhy(item);
  if (!phy.ok) return phy;
  const modulation = readRate(item);
  if (modulation === false) return bad('a frame was sent at no rate that radios have.');
  const frequencyHz = scaledIn(item, 'freq', HERTZ);
  if (frequencyHz === false) return bad('a frame has no frequency in MHz.');
  const tmst = scaledIn(item, 'tmst', COUNTER);
  if (tmst === false) return bad('the counter of a frame is no 32-bit number.');
  const stat = numberIn(item, 'stat');
  const crc = CRC.get(stat);
  if (crc === undefined) return bad('a frame has another CRC status than 1, 0 and -1.');
  const signals = readSignals(item);
  if (signals === undefined) return bad('a frame has strengths that no radio measures.');
  const gatewayTime = readMoment(textIn(item, 'time'));
  const rfChain = besides(item, 'rfch', NUMBER);
  // Written out, and not spread: every frame goes through here, and this is five times as fast.
  const bodyOf = (signal: Signal): ReceptionBody => ({
    kind: 'reception',
    direction: 'heard',
    gateway,
    phy: phy.value,
    crc,
    frequencyHz,
    modulation,
    rssiDeciDbm: signal.rssiDeciDbm,
    signalRssiDeciDbm: signal.signalRssiDeciDbm,
    snrDeciDb: signal.snrDeciDb,
    powerDeciDbm: undefined,
    tmst,
    gatewayTime,
    fineNs: signal.fineNs,
    frequencyOffsetHz: signal.frequencyOffsetHz,
    channel: signal.channel,
    rfChain,
    antenna: signal.antenna,
    location: undefined,
  });
  return ok({
    bodies: signals.map(bodyOf),
    simulated: isSimulated(item),
    clockDisagrees: disagree(gatewayTime, besides(item, 'tmms', GPS_MS)),
  });
};

const STAT: Readonly<Record<ReceptionBody['crc'], number | undefined>> = {
  ok: 1,
  bad: -1,
  none: 0,
  unknown: undefined,
};

const tenth = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value / 10;

const writeSignal = (body: ReceptionBody, rssi: 'rssi' | 'rssic'): Members => ({
  [rssi]: tenth(body.rssiDeciDbm),
  rssis: tenth(body.signalRssiDeciDbm),
  lsnr: tenth(body.snrDeciDb),
  foff: body.frequencyOffsetHz,
  chan: body.channel,
  ant: body.antenna,
  ftime: body.fineNs,
});

/** For the simulator, in the order of the reference forwarder; `undefined` members are not written. */
export const writeRxpk = ({ bodies }: Pick<Heard, 'bodies'>): Members => {
  const [first] = bodies;
  if (first === undefined) throw new Error('A frame that nothing heard cannot be written.');
  const { tmst, gatewayTime, rfChain, frequencyHz, crc, modulation, phy } = first;
  return {
    jver: bodies.length > 1 ? 2 : 1,
    tmst,
    time: gatewayTime === undefined ? undefined : writeMoment(gatewayTime),
    rfch: rfChain,
    freq: frequencyHz === undefined ? undefined : frequencyHz / 1e6,
    stat: STAT[crc],
    ...(modulation === undefined ? {} : writeRate(modulation)),
    ...(bodies.length > 1
      ? { rsig: bodies.map((body) => writeSignal(body, 'rssic')) }
      : writeSignal(first, 'rssi')),
    size: phy.length,
    data: toBase64(phy),
  };
};
