import { aht20 } from './aht20.ts';
import { bme280, bmp280 } from './bosch.ts';
import type { Chip } from './chip.ts';
import { sht3x, sht4x } from './sensirion.ts';

export type { Chip, ChipStep, ChipValue } from './chip.ts';
export { readsOf } from './chip.ts';

/** One line per chip, by the name that the configuration uses. */
export const CHIPS: ReadonlyMap<string, Chip> = new Map(
  [aht20, bme280, bmp280, sht3x, sht4x].map((chip) => [chip.name, chip]),
);
