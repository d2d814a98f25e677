import { createHash } from 'node:crypto';
import { ADJECTIVES } from './words-adjectives.ts';
import { ANIMALS } from './words-animals.ts';
import { COLORS } from './words-colors.ts';

const folded = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0);

/**
 * The three words that people call a gateway by, `fast-white-orca`: MD5 of the b58 address, folded to three bytes.
 * A nickname, nothing to rely on: there are only 2^24.
 */
export const animalName = (address: string): string => {
  const digest = createHash('md5').update(address).digest();
  const [adjective, color, animal] = [digest.subarray(0, 5), digest.subarray(5, 10), digest.subarray(10)];
  return [ADJECTIVES[folded(adjective)], COLORS[folded(color)], ANIMALS[folded(animal)]].join('-');
};
