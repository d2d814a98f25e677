import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readIntelHex } from './intel-hex.ts';
import { FLASH_BYTES } from './uno.ts';

/** StandardFirmata 2.4 as it was built for the Uno, from a package that carries such images. */
export const standardFirmata = (): Uint8Array => {
  const within = dirname(createRequire(import.meta.url).resolve('avrgirl-arduino/package.json'));
  const path = join(within, 'junk', 'hex', 'uno', 'StandardFirmata.cpp.hex');
  return readIntelHex(readFileSync(path, 'utf8'), FLASH_BYTES);
};
