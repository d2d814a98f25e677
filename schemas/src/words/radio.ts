/** Chirps. */
export interface LoraModulation {
  readonly kind: 'lora';
  /** 5 to 12. */
  readonly spreadingFactor: number;
  readonly bandwidthHz: number;
  /** `4/5`, with long interleaving `4/5LI`; `OFF` where there is none; empty where it was not said. */
  readonly codingRate: string;
}

export interface FskModulation {
  readonly kind: 'fsk';
  readonly bitsPerSecond: number;
  readonly deviationHz: number | undefined;
}

/** The specification's 2/6 and 4/6 are the 1/3 and 2/3 of the chips. */
export type LrFhssCodingRate = '1/3' | '1/2' | '2/3' | '5/6';

export interface LrFhssModulation {
  readonly kind: 'lr-fhss';
  readonly codingRate: LrFhssCodingRate;
  /** Operating channel width in Hz: 137000, 336000 or 1523000. */
  readonly widthHz: number;
  readonly gridSteps: number | undefined;
}

/** How a radio frame was sent; a `Rate` of `@outpost/schemas/radio` with what a gateway says besides. */
export type Modulation = LoraModulation | FskModulation | LrFhssModulation;
