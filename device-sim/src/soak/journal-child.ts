/**
 * Writes into a journal until it is killed, and says on stdout what was acknowledged: `a NUMBER COUNT OFFSET` for an
 * append, `c OFFSET` for a cursor. Started by kills.ts as
 *
 *     node device-sim/dist/soak/journal-child.js DIRECTORY LIFE SEED
 */
import { writeSync } from 'node:fs';
import { systemClock } from '@outpost/firmware-bridge';
import { type Journal, nodeDisk, openJournal } from '@outpost/gateway';
import { type Random, random } from '../random/sfc32.ts';
import { entryOf } from './cut-model.ts';

export const READER = 'store';
/** Appends under way at the same time. */
const LANES = 8;
const NUMBERS_PER_LIFE = 2 ** 20;

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const appendForEver = async (
  journal: Journal,
  chance: Random,
  next: (count: number) => number,
): Promise<void> => {
  for (;;) {
    const count = 1 + chance.whole(chance.whole(4) === 0 ? 200 : 4);
    const lengths = Array.from({ length: count }, () => chance.whole(400));
    const first = next(count);
    const entries = lengths.map((length, i) => entryOf(first + i, first, length));
    const result = await journal.append(entries, 'now');
    if (!result.ok) throw new Error(result.fault.words);
    say(`a ${first} ${count} ${result.value}`);
  }
};

const readForEver = async (journal: Journal, signal: AbortSignal): Promise<void> => {
  for await (const { end } of journal.follow(READER, { entriesMax: 500, bytesMax: 2 ** 18 }, signal)) {
    await journal.commit(READER, end);
    say(`c ${end}`);
  }
};

const main = async ([directory = '', life = '0', seed = '0']: readonly string[]): Promise<void> => {
  const opened = await openJournal({
    directory,
    disk: nodeDisk(systemClock()),
    clock: systemClock(),
    readers: [READER],
    segmentBytes: 256 * 1024,
    bytesMax: 64 * 1024 * 1024,
    archiveDays: 1,
    archiveBytesMax: 1024 * 1024,
    context: () => new Uint8Array(64),
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  let number = Number(life) * NUMBERS_PER_LIFE;
  const next = (count: number): number => {
    number += count;
    return number - count;
  };
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    appendForEver(opened.value, random(Number(seed), `${life}/${lane}`), next),
  );
  await Promise.all([...lanes, readForEver(opened.value, new AbortController().signal)]);
};

if (process.argv[1]?.endsWith('journal-child.js')) await main(process.argv.slice(2));
