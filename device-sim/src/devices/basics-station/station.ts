import { stationWire } from '@outpost/firmware-bridge/wires';
import type { DownlinkItem, Modulation, ReceptionBody } from '@outpost/schemas/words';
import type { TimingRules } from '../gwmp/jit-queue.ts';

/** Of the station: TX_AIM_GAP, TX_MIN_GAP, TX_MAX_AHEAD, MAX_TXJOBS (basicstation 2.0.6, src/s2conf.h). */
export const STATION_TIMING: TimingRules = {
  leadUs: 20_000,
  gapUs: 10_000,
  advanceMaxUs: 600_000_000,
  queueMax: 128,
  handoverUs: 20_000,
};

const SESSION_SHIFT = 48n;
const COUNTER_MASK = (1n << SESSION_SHIFT) - 1n;
const COUNTER_SPAN = 2 ** 32;
const US_PER_S = 1_000_000;

/** Bits 55 to 48 are which run of the concentrator it is, 47 to 0 its microseconds; the radio unit is 0. */
export const xtimeAt = (session: number, us: number): bigint =>
  (BigInt(session) << SESSION_SHIFT) | (BigInt(us) & COUNTER_MASK);

/** The count without its wraps that a 32-bit one is, the last before now. */
export const countAt = (tmst: number, nowUs: number): number =>
  nowUs - ((((nowUs - tmst) % COUNTER_SPAN) + COUNTER_SPAN) % COUNTER_SPAN);

/** `b827:ebff:fe72:e3bb`, as stations write identifiers. */
export const id6Of = (eui: string): string =>
  (eui.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');

/** The settings of its radio that a station goes by. */
export interface RouterConfig {
  /** `[spreading factor, kHz, downlink only]` by number; a spreading factor of 0 is FSK. */
  readonly dataRates: readonly (readonly number[])[];
  readonly region: string;
}

const isRates = (value: unknown): value is readonly (readonly number[])[] =>
  Array.isArray(value) && value.every((each) => Array.isArray(each) && each.length === 3);

export const readConfig = (members: stationWire.Members): RouterConfig | undefined => {
  const [rates, region] = [members.get('drs'), stationWire.textIn(members, 'region')];
  return isRates(rates) && region !== undefined ? { dataRates: rates, region } : undefined;
};

const DOWN_ONLY = 1;

const rateNumber = ({ dataRates }: RouterConfig, modulation: Modulation | undefined): number =>
  dataRates.findIndex(([sf, khz, only]) => {
    if (only === DOWN_ONLY) return false;
    if (modulation?.kind === 'fsk') return sf === 0;
    return (
      modulation?.kind === 'lora' &&
      modulation.spreadingFactor === sf &&
      modulation.bandwidthHz === (khz ?? 0) * 1_000
    );
  });

const modulationAt = ({ dataRates }: RouterConfig, index: number | undefined): Modulation | undefined => {
  const [sf = -1, khz = 0] = (index === undefined ? undefined : dataRates[index]) ?? [];
  if (sf < 0) return undefined;
  if (sf === 0) return { kind: 'fsk', bitsPerSecond: 50_000, deviationHz: undefined };
  return { kind: 'lora', spreadingFactor: sf, bandwidthHz: khz * 1_000, codingRate: '4/5' };
};

export interface Heard {
  readonly xtime: bigint;
  /** Microseconds of GPS; 0 where they are not known. */
  readonly gpsUs: number;
  /** Seconds since 1970 by its own clock. */
  readonly atS: number;
}

/** What a station says of a frame; undefined for one that it does not pass on. */
export const uplinkOf = (
  config: RouterConfig,
  frame: ReceptionBody,
  { xtime, gpsUs, atS }: Heard,
): Readonly<Record<string, unknown>> | undefined => {
  const parts = stationWire.framePartsOf(frame.phy);
  const rate = rateNumber(config, frame.modulation);
  if (parts === undefined || rate < 0 || frame.crc !== 'ok') return undefined;
  return {
    ...parts,
    RefTime: 0,
    DR: rate,
    Freq: frame.frequencyHz,
    upinfo: {
      rctx: 0,
      xtime,
      gpstime: gpsUs,
      fts: frame.fineNs ?? -1,
      rssi: (frame.rssiDeciDbm ?? 0) / 10,
      snr: (frame.snrDeciDb ?? 0) / 10,
      rxtime: atS,
      source: stationWire.SIMULATOR_MARK,
    },
  };
};

/** A downlink as a station understands it. */
export interface Downlink {
  readonly diid: number;
  readonly device: unknown;
  readonly rctx: bigint;
  /** Windows, in the order in which it tries them; none where it makes no sense to it. */
  readonly items: readonly DownlinkItem[];
}

type At = DownlinkItem['at'];

const windowsOf = (members: stationWire.Members, session: number): readonly (readonly [string, At])[] => {
  const { wholeIn, bigIn } = stationWire;
  switch (wholeIn(members, 'dc', 0, 2) ?? -1) {
    case 0: {
      const xtime = bigIn(members, 'xtime') ?? 0n;
      // What was heard before a restart has no meaning any more.
      if (xtime >> SESSION_SHIFT !== BigInt(session)) return [];
      const delayUs = (wholeIn(members, 'rxdelay', 0, 15) || 1) * US_PER_S;
      const count = (us: number): At => ({ kind: 'count', tmst: us % COUNTER_SPAN });
      const us = Number(xtime & COUNTER_MASK) + delayUs;
      return [
        ['rx1', count(us)],
        ['rx2', count(us + US_PER_S)],
      ];
    }
    case 1: {
      const gpsUs = Number(bigIn(members, 'gpstime') ?? 0n);
      return [['', { kind: 'gps', tmms: gpsUs / 1_000 }]];
    }
    case 2:
      return [['rx2', { kind: 'immediately' }]];
    default:
      return [];
  }
};

/** `powerDbm` is what its region lets it send with: nobody tells a station how strong. */
export const readDownlink = (
  config: RouterConfig,
  members: stationWire.Members,
  session: number,
  powerDbm: number,
): Downlink | undefined => {
  const { wholeIn, bigIn, bytesIn } = stationWire;
  const diid = wholeIn(members, 'diid', 0, Number.MAX_SAFE_INTEGER);
  const phy = bytesIn(members, 'pdu');
  if (diid === undefined || phy === undefined) return undefined;
  const noCrc = wholeIn(members, 'addcrc', 0, 1) !== 1;
  const items = windowsOf(members, session).flatMap(([window, at]): readonly DownlinkItem[] => {
    const frequencyHz = wholeIn(members, `${window}freq`, 1, 2 ** 32);
    const modulation = modulationAt(config, wholeIn(members, `${window}dr`, 0, 15));
    if (frequencyHz === undefined || modulation === undefined) return [];
    const preambleSymbols = wholeIn(members, 'preamble', 1, 65_535);
    return [{ phy, at, frequencyHz, powerDbm, modulation, invertPolarity: true, preambleSymbols, noCrc }];
  });
  return { diid, device: members.get('deveui'), rctx: bigIn(members, 'rctx') ?? 0n, items };
};

/** What a station says of a frame that it sent. */
export const sentOf = (
  config: RouterConfig,
  { diid, device, rctx }: Downlink,
  item: DownlinkItem,
  { xtime, gpsUs, atS }: Heard,
): Readonly<Record<string, unknown>> => {
  const { modulation, frequencyHz } = item;
  const rate = config.dataRates.findIndex(
    ([sf, khz]) =>
      modulation.kind === 'lora' &&
      modulation.spreadingFactor === sf &&
      modulation.bandwidthHz === (khz ?? 0) * 1_000,
  );
  const when = { rctx, xtime, txtime: atS, gpstime: gpsUs };
  return { msgtype: 'dntxed', diid, seqno: diid, DR: rate, Freq: frequencyHz, DevEui: device, ...when };
};
