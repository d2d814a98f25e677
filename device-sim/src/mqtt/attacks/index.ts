import type { Attack } from './contract.ts';
import { flood } from './flood.ts';
import { idCollision } from './id-collision.ts';
import { lengthBomb } from './length-bomb.ts';
import { replay } from './replay.ts';
import { slowLoris } from './slow-loris.ts';
import { topicEscape } from './topic-escape.ts';

/** What a broker must withstand, by name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'length-bomb': lengthBomb,
  'slow-loris': slowLoris,
  'id-collision': idCollision,
  'topic-escape': topicEscape,
  replay,
  flood,
};
