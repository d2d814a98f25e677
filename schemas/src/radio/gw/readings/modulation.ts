import type { LrFhssCodingRate, Modulation } from '../../../words/index.ts';
import type { Given, ValueOf } from '../field.ts';
import type { CodeRate, MODULATION } from '../shared.ts';

type GwModulation = ValueOf<typeof MODULATION>;

const LORA_RATES: ReadonlyMap<CodeRate, string> = new Map([
  ['CR_4_5', '4/5'],
  ['CR_4_6', '4/6'],
  ['CR_4_7', '4/7'],
  ['CR_4_8', '4/8'],
  ['CR_LI_4_5', '4/5LI'],
  ['CR_LI_4_6', '4/6LI'],
  ['CR_LI_4_8', '4/8LI'],
]);

/** The specification writes thirds in sixths, and a half in eighths. */
const LR_FHSS_RATES: ReadonlyMap<CodeRate, LrFhssCodingRate> = new Map([
  ['CR_2_6', '1/3'],
  ['CR_4_8', '1/2'],
  ['CR_4_6', '2/3'],
  ['CR_5_6', '5/6'],
]);

const CODING_RATE = /^[\x21-\x7e]{1,8}$/;
const HERTZ_MAX = 100_000_000;
const BITS_PER_S_MAX = 1_000_000;
const GRID_STEPS_MAX = 65_535;

const keyOf = <K, V>(map: ReadonlyMap<K, V>, value: V): K | undefined =>
  [...map].find(([, each]) => each === value)?.[0];

const isWithin = (value: number, min: number, max: number): boolean => value >= min && value <= max;

const loraOf = (lora: NonNullable<GwModulation['lora']>): Modulation | undefined => {
  const { spreadingFactor, bandwidth, codeRate, codeRateLegacy } = lora;
  if (!isWithin(spreadingFactor, 5, 12) || !isWithin(bandwidth, 1, HERTZ_MAX)) return undefined;
  const legacy = CODING_RATE.test(codeRateLegacy) ? codeRateLegacy : '';
  const codingRate = LORA_RATES.get(codeRate as CodeRate) ?? legacy;
  return { kind: 'lora', spreadingFactor, bandwidthHz: bandwidth, codingRate };
};

const fskOf = ({
  datarate,
  frequencyDeviation,
}: NonNullable<GwModulation['fsk']>): Modulation | undefined => {
  if (!isWithin(datarate, 1, BITS_PER_S_MAX)) return undefined;
  const deviationHz = isWithin(frequencyDeviation, 1, HERTZ_MAX) ? frequencyDeviation : undefined;
  return { kind: 'fsk', bitsPerSecond: datarate, deviationHz };
};

const lrFhssOf = (lrFhss: NonNullable<GwModulation['lrFhss']>): Modulation | undefined => {
  const { operatingChannelWidth, codeRate, gridSteps } = lrFhss;
  const codingRate = LR_FHSS_RATES.get(codeRate as CodeRate);
  if (codingRate === undefined || !isWithin(operatingChannelWidth, 1, HERTZ_MAX)) return undefined;
  const steps = isWithin(gridSteps, 1, GRID_STEPS_MAX) ? gridSteps : undefined;
  return { kind: 'lr-fhss', codingRate, widthHz: operatingChannelWidth, gridSteps: steps };
};

/** `false` where it says something that no radio does, undefined where it says nothing. */
export const modulationOf = (said: GwModulation | undefined): Modulation | undefined | false => {
  if (said?.lora !== undefined) return loraOf(said.lora) ?? false;
  if (said?.fsk !== undefined) return fskOf(said.fsk) ?? false;
  if (said?.lrFhss !== undefined) return lrFhssOf(said.lrFhss) ?? false;
  return undefined;
};

/** What a downlink adds to its modulation. */
export interface Transmitted {
  readonly invertPolarity: boolean;
  readonly preambleSymbols: number | undefined;
  readonly noCrc: boolean;
}

export const writeModulation = (modulation: Modulation, sent?: Transmitted): Given<GwModulation> => {
  switch (modulation.kind) {
    case 'lora':
      return {
        lora: {
          bandwidth: modulation.bandwidthHz,
          spreadingFactor: modulation.spreadingFactor,
          codeRate: keyOf(LORA_RATES, modulation.codingRate) ?? 'CR_UNDEFINED',
          ...(sent === undefined
            ? {}
            : {
                polarizationInversion: sent.invertPolarity,
                preamble: sent.preambleSymbols,
                noCrc: sent.noCrc,
              }),
        },
      };
    case 'fsk':
      return { fsk: { datarate: modulation.bitsPerSecond, frequencyDeviation: modulation.deviationHz } };
    case 'lr-fhss':
      return {
        lrFhss: {
          operatingChannelWidth: modulation.widthHz,
          codeRate: keyOf(LR_FHSS_RATES, modulation.codingRate) ?? 'CR_UNDEFINED',
          gridSteps: modulation.gridSteps,
        },
      };
  }
};
