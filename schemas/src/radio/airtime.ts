import type { LrFhssCodingRate } from '../words/index.ts';
import type { FskRate, LoraRate, LrFhssRate } from './rate.ts';

/** One LoRa transmission as far as its length in time goes. */
export interface LoraFrame {
  readonly rate: LoraRate;
  /** 1 to 4 for 4/5 to 4/8. */
  readonly codingRate: number;
  /** 0 to 255 bytes of PHY payload. */
  readonly payloadBytes: number;
  /** Programmed preamble symbols, 6 to 65535; 8 in LoRaWAN. */
  readonly preambleSymbols: number;
  /** On in uplinks, off in downlinks of LoRaWAN. */
  readonly crc: boolean;
  readonly explicitHeader: boolean;
}

/** What LoRaWAN sends: coding rate 4/5, eight symbols of preamble, explicit header. */
export const lorawanFrame = (rate: LoraRate, payloadBytes: number, direction: 'up' | 'down'): LoraFrame => ({
  rate,
  codingRate: 1,
  payloadBytes,
  preambleSymbols: 8,
  crc: direction === 'up',
  explicitHeader: true,
});

/**
 * Divisors of 500 kHz that the SX127x, SX126x and SX130x can be set to (SX1276 datasheet §4.1.1.4). The chip's length
 * is 2 µs times the divisor, which is what makes every airtime a whole number of half microseconds.
 */
const BANDWIDTH_DIVISORS: readonly number[] = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];

/** Names of bandwidths are rounded (7.8, 10.4 kHz); neighbours are 25 % apart. */
const NAME_TOLERANCE = 0.02;

/** Microseconds of one chip; undefined where no chip set has such a bandwidth. */
const chipUs = (bandwidthHz: number): number | undefined => {
  const divisor = BANDWIDTH_DIVISORS.find(
    (each) => Math.abs((bandwidthHz * each) / 500_000 - 1) <= NAME_TOLERANCE,
  );
  return divisor === undefined ? undefined : 2 * divisor;
};

/** From this symbol length on the chips need “low data rate optimise” (AN1200.13: 16 ms; sx1302_hal: SF ≥ 11 at 125 kHz). */
const LONG_SYMBOL_US = 16_000;

const within = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Microseconds of one symbol, always whole; undefined for a rate that no chip set has. */
export const symbolUs = ({ spreadingFactor, bandwidthHz }: LoraRate): number | undefined => {
  const chip = chipUs(bandwidthHz);
  return chip === undefined || !within(spreadingFactor, 5, 12) ? undefined : chip * 2 ** spreadingFactor;
};

/**
 * Microseconds on air of a LoRa frame, exact, since every term is a whole number of quarter symbols and a symbol a
 * multiple of 64 µs. Undefined for a frame that no chip set can send.
 *
 * Source: Semtech AN1200.13 and SX1261/2 datasheet §6.1.4 (SF5 and SF6 have 6.25 symbols of sync instead of 4.25).
 * Low data rate optimise follows the symbol's length, as the hardware does; sx1302_hal's own estimate sets it for
 * every SF ≥ 11 and is up to 12.4 % longer at 500 kHz.
 */
export const loraAirtimeUs = (frame: LoraFrame): number | undefined => {
  const symbol = symbolUs(frame.rate);
  const { spreadingFactor: sf } = frame.rate;
  if (symbol === undefined || !within(frame.codingRate, 1, 4)) return undefined;
  if (!within(frame.payloadBytes, 0, 255) || !within(frame.preambleSymbols, 6, 65_535)) return undefined;
  const bits =
    8 * frame.payloadBytes -
    4 * sf +
    (sf >= 7 ? 8 : 0) +
    (frame.crc ? 16 : 0) +
    (frame.explicitHeader ? 20 : 0);
  const bitsPerBlock = 4 * (symbol > LONG_SYMBOL_US ? sf - 2 : sf);
  const payloadSymbols = 8 + Math.max(Math.ceil(bits / bitsPerBlock), 0) * (frame.codingRate + 4);
  const quarters = 4 * (frame.preambleSymbols + payloadSymbols) + (sf >= 7 ? 17 : 25);
  return (quarters * symbol) / 4;
};

/** Of a LoRaWAN FSK frame: 5 bytes of preamble, 3 of sync word, 1 of length, the payload, 2 of CRC (RP002-1.0.4 §3.1). */
const FSK_PREAMBLE_BYTES = 5;
const FSK_FRAME_BYTES = 3 + 1 + 2;

/** Microseconds on air of an FSK frame, rounded up; undefined where it is no frame. */
export const fskAirtimeUs = (
  { bitsPerSecond }: FskRate,
  payloadBytes: number,
  preambleBytes: number = FSK_PREAMBLE_BYTES,
): number | undefined => {
  if (!within(bitsPerSecond, 600, 300_000) || !within(payloadBytes, 0, 255)) return undefined;
  if (!within(preambleBytes, 3, 65_535)) return undefined;
  const bits = 8 * (preambleBytes + FSK_FRAME_BYTES + payloadBytes);
  return Math.ceil((bits * 1_000_000) / bitsPerSecond);
};

/** LR-FHSS sends 488.28125 bit/s: 2048 µs a bit, whatever the channel's width. */
const LR_FHSS_BIT_US = 2_048;
const LR_FHSS_HEADER_BITS = 114;
const LR_FHSS_FRAGMENT_BITS = 48;
const LR_FHSS_GUARD_BITS = 2;

/** Coded bits for uncoded ones, and how often the header is sent: LoRaWAN’s own are 1/3 with three and 2/3 with two. */
const LR_FHSS_CODING: Readonly<
  Record<LrFhssCodingRate, { readonly coded: (bits: number) => number; readonly headers: number }>
> = {
  '1/3': { coded: (bits) => bits * 3, headers: 3 },
  '1/2': { coded: (bits) => bits * 2, headers: 2 },
  '2/3': { coded: (bits) => Math.floor((bits * 3) / 2), headers: 2 },
  '5/6': { coded: (bits) => Math.floor((bits * 6 + 4) / 5), headers: 1 },
};

/**
 * Microseconds on air of an LR-FHSS frame: headers of 114 bits, then the payload with 2 bytes of CRC and 6 tail bits,
 * coded, in fragments of 48 bits with 2 guard bits each (Semtech LR-FHSS driver, `lr_fhss_get_time_on_air`; a header
 * of 233.472 ms and a fragment of 102.4 ms are the published figures). Undefined where it is no frame.
 */
export const lrFhssAirtimeUs = (
  { codingRate }: LrFhssRate,
  payloadBytes: number,
  headers: number = LR_FHSS_CODING[codingRate].headers,
): number | undefined => {
  if (!within(payloadBytes, 0, 255) || !within(headers, 1, 4)) return undefined;
  const coded = LR_FHSS_CODING[codingRate].coded((payloadBytes + 2) * 8 + 6);
  const fragments = Math.ceil(coded / LR_FHSS_FRAGMENT_BITS);
  return (LR_FHSS_HEADER_BITS * headers + coded + fragments * LR_FHSS_GUARD_BITS) * LR_FHSS_BIT_US;
};
