import { loraAirtimeUs, lorawanFrame, symbolUs } from '@outpost/schemas/radio';

/** LoRa of LoRaWAN's downlinks and of beacons: 125 kHz in most of the world, 500 kHz in America and Australia. */
const SPREADING_FACTORS = [7, 8, 9, 10, 11, 12] as const;
const BANDWIDTHS_HZ = [125_000, 500_000] as const;

/** Time on air as InfluxQL can work it out of a number of bytes: (`base` + ⌈(8 × bytes + `bits`) ÷ `perBlock`⌉ × 5) × `symbolUs`. */
export interface AirtimeTerms {
  /** The tag's value. */
  readonly rate: string;
  readonly symbolUs: number;
  readonly base: number;
  readonly bits: number;
  readonly perBlock: number;
}

const SYMBOLS_PER_BLOCK = 5;

/** By two known lengths, so that the formula stays in its one home. A CRC is counted, which downlinks do not have. */
const termsOf = (spreadingFactor: number, bandwidthHz: number): AirtimeTerms => {
  const rate = { kind: 'lora', spreadingFactor, bandwidthHz } as const;
  const symbol = symbolUs(rate);
  const symbols = (bytes: number): number =>
    (loraAirtimeUs(lorawanFrame(rate, bytes, 'up')) ?? Number.NaN) / (symbol ?? Number.NaN);
  if (symbol === undefined) throw new Error(`no radio sends SF${spreadingFactor} at ${bandwidthHz} Hz`);
  // 8 × bytes − 4 × SF + 44 bits: header, CRC and what the spreading factor takes (AN1200.13).
  const bits = 44 - 4 * spreadingFactor;
  const long = 200;
  const perBlock = [4 * spreadingFactor, 4 * (spreadingFactor - 2)].find(
    (each) =>
      symbols(long) - symbols(0) ===
      (Math.ceil((8 * long + bits) / each) - Math.max(0, Math.ceil(bits / each))) * SYMBOLS_PER_BLOCK,
  );
  if (perBlock === undefined) throw new Error('the airtime of LoRa has another formula');
  const base = symbols(long) - Math.ceil((8 * long + bits) / perBlock) * SYMBOLS_PER_BLOCK;
  return {
    rate: `SF${spreadingFactor}BW${bandwidthHz / 1_000}`,
    symbolUs: symbol,
    base,
    bits,
    perBlock,
  };
};

export const AIRTIMES: readonly AirtimeTerms[] = BANDWIDTHS_HZ.flatMap((bandwidthHz) =>
  SPREADING_FACTORS.map((spreadingFactor) => termsOf(spreadingFactor, bandwidthHz)),
);

/** The same as a number, for a test that the terms are right. */
export const airtimeUs = ({ symbolUs: symbol, base, bits, perBlock }: AirtimeTerms, bytes: number): number =>
  (base + Math.ceil((8 * bytes + bits) / perBlock) * SYMBOLS_PER_BLOCK) * symbol;

/** The same in InfluxQL, of the field `size`. */
export const airtimeQl = ({ symbolUs: symbol, base, bits, perBlock }: AirtimeTerms): string =>
  `(${base} + ceil((8 * "size" ${bits < 0 ? '-' : '+'} ${Math.abs(bits)}) / ${perBlock}) * ${SYMBOLS_PER_BLOCK}) * ${symbol}`;
