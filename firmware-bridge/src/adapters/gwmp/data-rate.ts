import type { LrFhssCodingRate, Modulation } from '@outpost/schemas/words';
import { besides, type Members, numberIn, textIn } from './members.ts';

/** kHz as forwarders write them, and the Hz that the tables of airtime know; the last five are of 2.4 GHz. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [7, 7_800],
  [8, 7_800],
  [10, 10_400],
  [15, 15_600],
  [16, 15_600],
  [20, 20_800],
  [21, 20_800],
  [31, 31_250],
  [41, 41_700],
  [42, 41_700],
  [62, 62_500],
  [63, 62_500],
  [125, 125_000],
  [250, 250_000],
  [500, 500_000],
  [200, 200_000],
  [400, 400_000],
  [406, 406_000],
  [800, 800_000],
  [812, 812_000],
  [1_600, 1_600_000],
]);

const LR_FHSS_WIDTHS: ReadonlyMap<number, number> = new Map([
  [137, 137_000],
  [336, 336_000],
  [1_523, 1_523_000],
]);

/** The specification's names and the chips'. */
const LR_FHSS_RATES: ReadonlyMap<string, LrFhssCodingRate> = new Map([
  ['5/6', '5/6'],
  ['2/3', '2/3'],
  ['4/6', '2/3'],
  ['1/2', '1/2'],
  ['3/6', '1/2'],
  ['1/3', '1/3'],
  ['2/6', '1/3'],
]);

const LORA = /^SF(\d{1,2})BW(\d{1,4})$/i;
const LR_FHSS = /^M0CW(\d{1,4})$/i;
const CODING_RATE = /^[\x21-\x7e]{0,8}$/;

const GRID = { factor: 1, min: 0, max: 65_535 } as const;
const BITS_PER_S = { min: 1, max: 1_000_000 } as const;

const loraOf = (datr: string, codr: string): Modulation | undefined => {
  const [, sf, kilohertz] = LORA.exec(datr) ?? [];
  const bandwidthHz = WIDTHS.get(Number(kilohertz));
  const spreadingFactor = Number(sf);
  if (bandwidthHz === undefined || !(spreadingFactor >= 5 && spreadingFactor <= 12)) return undefined;
  return { kind: 'lora', spreadingFactor, bandwidthHz, codingRate: CODING_RATE.test(codr) ? codr : '' };
};

const lrFhssOf = (datr: string, codr: string, members: Members): Modulation | undefined => {
  const [, kilohertz] = LR_FHSS.exec(datr) ?? [];
  const widthHz = LR_FHSS_WIDTHS.get(Number(kilohertz));
  const codingRate = LR_FHSS_RATES.get(codr);
  if (widthHz === undefined || codingRate === undefined) return undefined;
  return { kind: 'lr-fhss', codingRate, widthHz, gridSteps: besides(members, 'hpw', GRID) };
};

const fskOf = (members: Members): Modulation | undefined => {
  const bits = numberIn(members, 'datr');
  if (bits === undefined || bits === false) return undefined;
  const bitsPerSecond = Math.round(bits);
  if (bitsPerSecond < BITS_PER_S.min || bitsPerSecond > BITS_PER_S.max) return undefined;
  return {
    kind: 'fsk',
    bitsPerSecond,
    deviationHz: besides(members, 'fdev', { factor: 1, min: 1, max: 1e6 }),
  };
};

/**
 * How the frame was sent, by `datr` and `codr`; which of the three it is shows `datr` itself, because `modu` is
 * written in several ways. `false` where it says something that no radio does, undefined where it says nothing.
 */
export const readRate = (members: Members): Modulation | undefined | false => {
  const { datr } = members;
  if (datr === undefined || datr === null) return undefined;
  const codr = textIn(members, 'codr') ?? '';
  if (typeof datr === 'string' && LORA.test(datr)) return loraOf(datr, codr) ?? false;
  if (typeof datr === 'string' && LR_FHSS.test(datr)) return lrFhssOf(datr, codr, members) ?? false;
  return fskOf(members) ?? false;
};

const keyOf = (widths: ReadonlyMap<number, number>, hertz: number): number =>
  [...widths].find(([, each]) => each === hertz)?.[0] ?? Math.floor(hertz / 1_000);

/** `modu`, `datr`, `codr` and what belongs to them. */
export const writeRate = (modulation: Modulation): Members => {
  switch (modulation.kind) {
    case 'lora': {
      const { spreadingFactor, bandwidthHz, codingRate } = modulation;
      const datr = `SF${spreadingFactor}BW${keyOf(WIDTHS, bandwidthHz)}`;
      return { modu: 'LORA', datr, ...(codingRate === '' ? {} : { codr: codingRate }) };
    }
    case 'fsk': {
      const { bitsPerSecond, deviationHz } = modulation;
      return {
        modu: 'FSK',
        datr: bitsPerSecond,
        ...(deviationHz === undefined ? {} : { fdev: deviationHz }),
      };
    }
    case 'lr-fhss': {
      const { codingRate, widthHz, gridSteps } = modulation;
      const datr = `M0CW${keyOf(LR_FHSS_WIDTHS, widthHz)}`;
      return {
        modu: 'LR-FHSS',
        datr,
        codr: codingRate,
        ...(gridSteps === undefined ? {} : { hpw: gridSteps }),
      };
    }
  }
};
