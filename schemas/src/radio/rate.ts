import type { LrFhssCodingRate } from '../words/index.ts';

/** LoRa: chirps. */
export interface LoraRate {
  readonly kind: 'lora';
  /** 5 to 12; a symbol is 2^SF chips. */
  readonly spreadingFactor: number;
  /** Hz, as it is usually written: 125000, but also 7800 for the 7812.5 of the chip. */
  readonly bandwidthHz: number;
}

/** Gaussian frequency shift keying, as LoRaWAN uses it. */
export interface FskRate {
  readonly kind: 'fsk';
  /** Bits per second; 50000 in every LoRaWAN region. */
  readonly bitsPerSecond: number;
}

/** Long-range frequency hopping. */
export interface LrFhssRate {
  readonly kind: 'lr-fhss';
  readonly codingRate: LrFhssCodingRate;
  /** Operating channel width in Hz: 137000, 336000 or 1523000. */
  readonly widthHz: number;
}

/** How bits become radio; without the coding rate of LoRa, which every LoRaWAN data rate has at 4/5. */
export type Rate = LoraRate | FskRate | LrFhssRate;

/** Hz that an emission fills; an FSK channel of LoRaWAN is taken as 125 kHz (RP002-1.0.4 §2). */
export const occupiedHz = (rate: Rate): number => {
  switch (rate.kind) {
    case 'lora':
      return rate.bandwidthHz;
    case 'fsk':
      return 125_000;
    case 'lr-fhss':
      return rate.widthHz;
  }
};

/** `SF7BW125`, `50000`, `M0CW137`: as the Semtech UDP protocol writes a `datr` (PROTOCOL.md §4). */
export const rateText = (rate: Rate): string => {
  switch (rate.kind) {
    case 'lora':
      return `SF${rate.spreadingFactor}BW${Math.round(rate.bandwidthHz / 1_000)}`;
    case 'fsk':
      return String(rate.bitsPerSecond);
    case 'lr-fhss':
      return `M0CW${Math.round(rate.widthHz / 1_000)}`;
  }
};

export const sameRate = (a: Rate, b: Rate): boolean => {
  if (a.kind === 'lora' && b.kind === 'lora')
    return a.spreadingFactor === b.spreadingFactor && a.bandwidthHz === b.bandwidthHz;
  if (a.kind === 'fsk' && b.kind === 'fsk') return a.bitsPerSecond === b.bitsPerSecond;
  return (
    a.kind === 'lr-fhss' && b.kind === 'lr-fhss' && a.codingRate === b.codingRate && a.widthHz === b.widthHz
  );
};
