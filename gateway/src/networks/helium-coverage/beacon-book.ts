import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BeaconEntropy, entropyLine, readEntropyLine } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { errorCode } from '../../keys/key-disk.ts';

/** What beacons were made of, in the lines that `outpost coverage verify --beacons` reads. */
export const BOOK_FILE = 'beacons.jsonl';
/** Where the older half goes; what was there before goes with it. */
export const OLDER_FILE = 'beacons.older.jsonl';
/** Bytes of one file: some 14,000 beacons, ten years of one gateway. */
const FILE_MAX_BYTES = 4 << 20;
/** Beacons that are known by their payload at once; reports come within minutes. */
const KNOWN_MAX = 4_096;

export interface MadeBeacon {
  readonly payload: Uint8Array;
  readonly gateway: string;
  /** When it was made, seconds since 1970. */
  readonly atS: number;
  readonly entropy: BeaconEntropy;
}

type Known = Omit<MadeBeacon, 'payload'>;

/** Every beacon that this box has made, on the disk before it is sent: without its entropy nobody can judge it. */
export interface BeaconBook {
  /** Reads what earlier runs wrote. */
  recall(): Promise<void>;
  keep(made: MadeBeacon): Promise<Result<void>>;
  find(payload: Uint8Array): Known | undefined;
  /** When that gateway's latest was made, seconds since 1970. */
  lastS(gateway: string): number | undefined;
}

const notesOf = (line: string): { readonly gateway: string; readonly atS: number } | undefined => {
  const { gateway, atS } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return typeof gateway === 'string' && Number.isSafeInteger(atS) ? { gateway, atS: Number(atS) } : undefined;
};

export const createBeaconBook = (directory: string): BeaconBook => {
  const path = join(directory, BOOK_FILE);
  const known = new Map<string, Known>();
  const last = new Map<string, number>();

  const learn = (payload: string, made: Known): void => {
    known.delete(payload);
    known.set(payload, made);
    const [oldest] = known.size > KNOWN_MAX ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    last.set(made.gateway, Math.max(made.atS, last.get(made.gateway) ?? 0));
  };

  const makeRoom = async (): Promise<void> => {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size >= FILE_MAX_BYTES) await rename(path, join(directory, OLDER_FILE));
  };

  return {
    async recall() {
      for (const name of [OLDER_FILE, BOOK_FILE]) {
        const text = await readFile(join(directory, name), 'utf8').catch(() => '');
        for (const line of text.split('\n')) {
          // A line that a power cut has halved is no beacon that was sent.
          const entropy = readEntropyLine(line);
          const notes = entropy === undefined ? undefined : notesOf(line);
          if (entropy !== undefined && notes !== undefined)
            learn(entropy[0], { ...notes, entropy: entropy[1] });
        }
      }
    },
    async keep({ payload, gateway, atS, entropy }) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await makeRoom();
        await using file = await open(path, 'a', 0o600);
        // What a power cut has left of a line must not swallow this one.
        await file.writeFile(`\n${entropyLine(payload, entropy, { gateway, atS })}\n`);
        await file.sync();
      } catch (error) {
        const words = `cannot be written (${errorCode(error)}), so no beacon is sent.`;
        return fail(fault('unreachable', 'helium.beacon-book', path, words));
      }
      learn(toHex(payload), { gateway, atS, entropy });
      return ok(undefined);
    },
    find: (payload) => known.get(toHex(payload)),
    lastS: (gateway) => last.get(gateway),
  };
};
