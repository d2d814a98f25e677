import type { LrFhssCodingRate, Modulation } from '../words/index.ts';
import { fitsOptional, isInteger, optionalFrom, type Range, writeOptional } from './body-optional.ts';
import { type CborValue, MAJOR, type Sink, writeHead, writeInt, writeNull, writeText } from './cbor.ts';
import { type ClosedList, closedList } from './closed-list.ts';
import { isList } from './shape.ts';

const KIND: ClosedList<Modulation['kind']> = closedList({ lora: 1, fsk: 2, 'lr-fhss': 3 });

/** The thirds are those of the chips; see `LrFhssCodingRate`. */
const LR_FHSS_RATE: ClosedList<LrFhssCodingRate> = closedList({ '5/6': 1, '2/3': 2, '1/2': 3, '1/3': 4 });

const SPREADING_FACTOR: Range = { min: 5, max: 12 };
const WIDTH_HZ: Range = { min: 1, max: 100_000_000 };
const BITS_PER_S: Range = { min: 1, max: 100_000_000 };
const GRID_STEPS: Range = { min: 0, max: 65_535 };
/** `4/5`, `4/5LI`, `OFF`, nothing. */
const CODING_RATE = /^[\x21-\x7e]{0,8}$/;

/** Bytes that an item does not exceed: head, kind, two numbers of at most five, text of at most nine. */
export const MODULATION_BOUND_BYTES = 24;

const isLoraRate = (spreadingFactor: unknown, bandwidthHz: unknown, codingRate: unknown): boolean =>
  isInteger(spreadingFactor, SPREADING_FACTOR) &&
  isInteger(bandwidthHz, WIDTH_HZ) &&
  typeof codingRate === 'string' &&
  CODING_RATE.test(codingRate);

export const isModulation = (modulation: Modulation): boolean => {
  switch (modulation.kind) {
    case 'lora':
      return isLoraRate(modulation.spreadingFactor, modulation.bandwidthHz, modulation.codingRate);
    case 'fsk':
      return (
        isInteger(modulation.bitsPerSecond, BITS_PER_S) && fitsOptional(modulation.deviationHz, WIDTH_HZ)
      );
    case 'lr-fhss':
      return isInteger(modulation.widthHz, WIDTH_HZ) && fitsOptional(modulation.gridSteps, GRID_STEPS);
  }
};

export const writeModulation = (sink: Sink, modulation: Modulation | undefined): void => {
  if (modulation === undefined) {
    writeNull(sink);
    return;
  }
  writeHead(sink, MAJOR.array, modulation.kind === 'fsk' ? 3 : 4);
  writeInt(sink, KIND.codeOf(modulation.kind));
  switch (modulation.kind) {
    case 'lora':
      writeInt(sink, modulation.spreadingFactor);
      writeInt(sink, modulation.bandwidthHz);
      writeText(sink, modulation.codingRate);
      return;
    case 'fsk':
      writeInt(sink, modulation.bitsPerSecond);
      writeOptional(sink, modulation.deviationHz);
      return;
    case 'lr-fhss':
      writeInt(sink, LR_FHSS_RATE.codeOf(modulation.codingRate));
      writeInt(sink, modulation.widthHz);
      writeOptional(sink, modulation.gridSteps);
      return;
  }
};

const loraFrom = ([spreadingFactor, bandwidthHz, codingRate]: readonly CborValue[]): Modulation | false =>
  isLoraRate(spreadingFactor, bandwidthHz, codingRate)
    ? {
        kind: 'lora',
        spreadingFactor: spreadingFactor as number,
        bandwidthHz: bandwidthHz as number,
        codingRate: codingRate as string,
      }
    : false;

const fskFrom = ([bitsPerSecond, deviation]: readonly CborValue[]): Modulation | false => {
  const deviationHz = optionalFrom(deviation, WIDTH_HZ);
  if (!isInteger(bitsPerSecond, BITS_PER_S) || deviationHz === false) return false;
  return { kind: 'fsk', bitsPerSecond, deviationHz };
};

const lrFhssFrom = ([code, widthHz, grid]: readonly CborValue[]): Modulation | false => {
  const codingRate = LR_FHSS_RATE.nameOf(code);
  const gridSteps = optionalFrom(grid, GRID_STEPS);
  if (codingRate === undefined || !isInteger(widthHz, WIDTH_HZ) || gridSteps === false) return false;
  return { kind: 'lr-fhss', codingRate, widthHz, gridSteps };
};

/** `false` where the item is neither null nor a modulation. */
export const modulationFrom = (item: CborValue | undefined): Modulation | undefined | false => {
  if (item === null) return undefined;
  if (!isList(item)) return false;
  const [kind, ...rest] = item;
  const name = KIND.nameOf(kind);
  if (name === undefined || rest.length !== (name === 'fsk' ? 2 : 3)) return false;
  switch (name) {
    case 'lora':
      return loraFrom(rest);
    case 'fsk':
      return fskFrom(rest);
    case 'lr-fhss':
      return lrFhssFrom(rest);
  }
};
