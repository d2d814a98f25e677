import { freeSpaceLossDb } from '@outpost/schemas/radio';

export type Area = 'urban' | 'suburban' | 'open';

/** How a signal fades with distance. */
export type Propagation =
  | { readonly kind: 'free-space' }
  /** Okumura-Hata: 150 to 1,500 MHz, base antenna 30 to 200 m high, 1 to 20 km; used a little beyond. */
  | { readonly kind: 'hata'; readonly area: Area; readonly sigmaDb: number }
  /** `lossDb` at `referenceM`, and 10 × `exponent` dB more with every tenfold distance. */
  | {
      readonly kind: 'log-distance';
      readonly lossDb: number;
      readonly referenceM: number;
      readonly exponent: number;
      readonly sigmaDb: number;
    };

/** One way through the air. */
export interface Path {
  readonly frequencyHz: number;
  readonly distanceM: number;
  /** Antennas over ground, in metres. */
  readonly heightsM: readonly [number, number];
}

/**
 * Median loss in dB by Okumura-Hata (M. Hata, IEEE Trans. Veh. Technol. 29, 1980), small and medium-sized city. The
 * higher antenna is the base.
 */
export const hataLossDb = ({ frequencyHz, distanceM, heightsM }: Path, area: Area): number => {
  const mhz = frequencyHz / 1e6;
  const [base, mobile] = [Math.max(...heightsM), Math.min(...heightsM)];
  const lgF = Math.log10(mhz);
  const antenna = (1.1 * lgF - 0.7) * mobile - (1.56 * lgF - 0.8);
  const urban =
    69.55 +
    26.16 * lgF -
    13.82 * Math.log10(base) -
    antenna +
    (44.9 - 6.55 * Math.log10(base)) * Math.log10(distanceM / 1_000);
  switch (area) {
    case 'urban':
      return urban;
    case 'suburban':
      return urban - 2 * Math.log10(mhz / 28) ** 2 - 5.4;
    case 'open':
      return urban - 4.78 * lgF ** 2 + 18.33 * lgF - 40.94;
  }
};

/** Nearer than this an antenna is in the other one's near field, and no model says anything. */
const NEAREST_M = 1;

/** Median loss in dB without shadows and terrain; never less than that of empty space. */
export const medianLossDb = (propagation: Propagation, path: Path): number => {
  const distanceM = Math.max(NEAREST_M, path.distanceM);
  const empty = freeSpaceLossDb(path.frequencyHz, distanceM);
  switch (propagation.kind) {
    case 'free-space':
      return empty;
    case 'hata':
      return Math.max(empty, hataLossDb({ ...path, distanceM }, propagation.area));
    case 'log-distance': {
      const { lossDb, referenceM, exponent } = propagation;
      return Math.max(empty, lossDb + 10 * exponent * Math.log10(distanceM / referenceM));
    }
  }
};

/** Deviation of the shadows in dB that the model calls for. */
export const shadowSigmaDb = (propagation: Propagation): number =>
  propagation.kind === 'free-space' ? 0 : propagation.sigmaDb;

/** Published fits by name: car in Oulu (Petäjäjärvi et al. 2015), indoor to outdoor of LoRaSim (Bor et al. 2016). */
export const PROPAGATIONS: Readonly<Record<string, Propagation>> = {
  'free-space': { kind: 'free-space' },
  'hata-urban': { kind: 'hata', area: 'urban', sigmaDb: 7 },
  'hata-suburban': { kind: 'hata', area: 'suburban', sigmaDb: 7 },
  'hata-open': { kind: 'hata', area: 'open', sigmaDb: 6 },
  oulu: { kind: 'log-distance', lossDb: 128.95, referenceM: 1_000, exponent: 2.32, sigmaDb: 7.8 },
  lorasim: { kind: 'log-distance', lossDb: 127.41, referenceM: 40, exponent: 2.08, sigmaDb: 3.57 },
};
