import type { LrFhssCodingRate, Modulation } from '@outpost/schemas/words';

// Numbers of helium/proto, src/region.proto and src/data_rate.proto (Apache-2.0).

const REGION_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['US915', 0],
  ['EU868', 1],
  ['EU433', 2],
  ['CN470', 3],
  ['AU915', 5],
  ['AS923_1', 6],
  ['KR920', 7],
  ['IN865', 8],
  ['AS923_2', 9],
  ['AS923_3', 10],
  ['AS923_4', 11],
  ['AS923_1B', 12],
  ['CD900_1A', 13],
  ['RU864', 14],
  ['EU868_A', 15],
  ['EU868_B', 16],
  ['EU868_C', 17],
  ['EU868_D', 18],
  ['EU868_E', 19],
  ['EU868_F', 20],
  ['AU915_SB1', 21],
  ['AU915_SB2', 22],
  ['AS923_1A', 23],
  ['AS923_1C', 24],
  ['AS923_1D', 25],
  ['AS923_1E', 26],
  ['AS923_1F', 27],
]);

/** The names of Helium's regions, as its proto spells them. */
export const HELIUM_REGIONS: readonly string[] = [...REGION_NUMBERS.keys()];

/** What a service answers that knows no region for a gateway. */
export const REGION_UNKNOWN = 99;

export const regionNumber = (name: string): number | undefined => REGION_NUMBERS.get(name);

export const regionName = (number: number): string | undefined =>
  [...REGION_NUMBERS].find(([, each]) => each === number)?.[0];

const SF_MIN = 7;
const SF_MAX = 12;
const LORA_BANDWIDTHS_HZ: readonly number[] = [125_000, 250_000, 500_000];
const LORA_RATES = LORA_BANDWIDTHS_HZ.length * (SF_MAX - SF_MIN + 1);
const LR_FHSS_WIDTHS_HZ: readonly number[] = [137_000, 336_000, 1_523_000];
const LR_FHSS_RATES: readonly LrFhssCodingRate[] = ['1/3', '2/3'];
const FSK50 = 24;
const FSK_BITS_PER_S = 50_000;

/** Helium's number of a rate; undefined where it has none. */
export const dataRateOf = (modulation: Modulation): number | undefined => {
  switch (modulation.kind) {
    case 'lora': {
      const { spreadingFactor, bandwidthHz } = modulation;
      const width = LORA_BANDWIDTHS_HZ.indexOf(bandwidthHz);
      if (width < 0 || spreadingFactor < SF_MIN || spreadingFactor > SF_MAX) return undefined;
      return width * (SF_MAX - SF_MIN + 1) + SF_MAX - spreadingFactor;
    }
    case 'lr-fhss': {
      const width = LR_FHSS_WIDTHS_HZ.indexOf(modulation.widthHz);
      const rate = LR_FHSS_RATES.indexOf(modulation.codingRate);
      return width < 0 || rate < 0 ? undefined : LORA_RATES + width * LR_FHSS_RATES.length + rate;
    }
    case 'fsk':
      return modulation.bitsPerSecond === FSK_BITS_PER_S ? FSK50 : undefined;
  }
};

/** The rate of a downlink; undefined for what no gateway sends (LR-FHSS goes up only). */
export const modulationOf = (dataRate: number): Modulation | undefined => {
  if (dataRate === FSK50) return { kind: 'fsk', bitsPerSecond: FSK_BITS_PER_S, deviationHz: 25_000 };
  const bandwidthHz = LORA_BANDWIDTHS_HZ[Math.floor(dataRate / (SF_MAX - SF_MIN + 1))];
  if (dataRate < 0 || bandwidthHz === undefined) return undefined;
  const spreadingFactor = SF_MAX - (dataRate % (SF_MAX - SF_MIN + 1));
  return { kind: 'lora', spreadingFactor, bandwidthHz, codingRate: '4/5' };
};
