import { createRig, loraModuleWire as w } from '@outpost/firmware-bridge/wires';
import { asciiBytes, type Body, concatBytes, toHex } from '@outpost/schemas/words';
import { damaged } from '../devices/lora-module/damage.ts';
import { LORA_MODULES } from '../devices/lora-module/families.ts';
import { airFrame } from '../devices/lora-module/traffic.ts';
import { type Random, random } from '../random/sfc32.ts';

const CHANNEL = { frequencyHz: 868_100_000, spreadingFactor: 7, bandwidthHz: 125_000 };
const LISTEN = { frequencyHz: CHANNEL.frequencyHz };

/** What a session and its codec are to a rig, whatever their own types. */
interface Parts {
  readonly codec: Parameters<typeof createRig>[0];
  check(options: unknown): unknown;
  session(options: never): Parameters<typeof createRig>[1];
}

interface Spoken {
  readonly parts: Parts;
  readonly options: object;
  redecode(raw: Uint8Array): readonly Body[];
}

const rak: Spoken = { parts: w.rui3Parts as never, options: LISTEN, redecode: w.redecodeRui3 };

export const FUZZED: ReadonlyMap<string, Spoken> = new Map<string, Spoken>([
  ['rui3', rak],
  ['rui3-named', rak],
  ['rui3-two-line', rak],
  ['lora-e5', { parts: w.loraE5Parts as never, options: LISTEN, redecode: w.redecodeLoraE5 }],
  ['rn2483', { parts: w.rn2483Parts as never, options: LISTEN, redecode: w.redecodeRn2483 }],
  ['rylr', { parts: w.rylrParts as never, options: LISTEN, redecode: w.redecodeRylr }],
  ['kiss', { parts: w.kissParts as never, options: {}, redecode: w.redecodeKiss }],
  ['rnode', { parts: w.rnodeParts as never, options: LISTEN, redecode: w.redecodeRnode }],
  ['meshtastic', { parts: w.meshtasticParts as never, options: {}, redecode: w.redecodeMeshtastic }],
]);

/** `clean`: cut into chunks only. `broken`: six in ten break off, logs between and within. `changed`: bytes differ. */
export type Line = 'clean' | 'broken' | 'changed';
export const LINES: readonly Line[] = ['clean', 'broken', 'changed'];

export interface FamilyReport {
  readonly frames: number;
  /** Printed whole, with nothing of the line's faults in them. */
  readonly intact: number;
  readonly recovered: number;
  /** Readings that are no frame that was printed: what a wire without a checksum cannot show. */
  readonly notPrinted: number;
  /** Readings that do not say what their own raw bytes say. */
  readonly notRedecoded: number;
  readonly undecided: number;
  /** Times that the dialogue gave its port up. */
  readonly reopened: number;
}

type Counts = { -readonly [K in keyof FamilyReport]: number };

const newCounts = (): Counts => ({
  frames: 0,
  intact: 0,
  recovered: 0,
  notPrinted: 0,
  notRedecoded: 0,
  undecided: 0,
  reopened: 0,
});

const BROKEN = { cutShare: 0.6, logShare: 0.3 };
/** Of the frames that do not break off, so many have a log line within. */
const SPLIT_SHARE = 0.1;
const LOG_WITHIN = asciiBytes('\r\nINFO  | 00:01:02 [RadioIf] Started Tx\r\n');
const CHANGED_SHARE = 0.5;
/** Frames of one connection. */
const ROUND_FRAMES = 200;
const CHUNK_MAX_BYTES = 80;

const changedBytes = (dice: Random, bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  for (let count = 1 + dice.whole(3); count > 0; count -= 1) copy[dice.whole(copy.length)] = dice.whole(256);
  return copy;
};

const spoil = (dice: Random, bytes: Uint8Array, line: Line): { bytes: Uint8Array; intact: boolean } => {
  if (line === 'clean') return { bytes, intact: true };
  if (line === 'changed') {
    const isChanged = dice.unit() < CHANGED_SHARE;
    return { bytes: isChanged ? changedBytes(dice, bytes) : bytes, intact: !isChanged };
  }
  const one = damaged(dice, bytes, BROKEN);
  if (!one.intact || dice.unit() >= SPLIT_SHARE) return one;
  const at = 1 + dice.whole(bytes.length - 1);
  return { bytes: concatBytes(bytes.subarray(0, at), LOG_WITHIN, bytes.subarray(at)), intact: false };
};

/** Hands the bytes over in chunks of any size, a single byte among them. */
const inChunks = (dice: Random, bytes: Uint8Array, receive: (chunk: Uint8Array) => void): void => {
  for (let at = 0; at < bytes.length; ) {
    const size = dice.whole(3) === 0 ? 1 : 1 + dice.whole(CHUNK_MAX_BYTES);
    receive(bytes.slice(at, at + size));
    at += size;
  }
};

/** What a frame is in a reading: all of it, or of a packet of the mesh its header. */
const keyOf = (family: string, phy: Uint8Array): string =>
  toHex(family === 'meshtastic' ? phy.subarray(0, 16) : phy);

/** Counts how many of `wanted` came, in their order, and what came that was never printed. */
const compare = (
  counts: Counts,
  wanted: readonly string[],
  printed: ReadonlySet<string>,
  found: readonly string[],
) => {
  let next = 0;
  for (const key of found) {
    const at = wanted.indexOf(key, next);
    if (at >= 0) {
      counts.recovered += 1;
      next = at + 1;
    } else if (!printed.has(key)) counts.notPrinted += 1;
  }
};

/** One connection: set up on a good line, then frames on this one. */
const playRound = async (
  family: string,
  line: Line,
  dice: Random,
  counts: Counts,
  frames: number,
): Promise<void> => {
  const spoken = FUZZED.get(family);
  const module = LORA_MODULES.get(family)?.();
  if (spoken === undefined || module === undefined) throw new Error(`There is no family "${family}".`);
  const { parts, options, redecode } = spoken;
  const checked = (await parts.check(options)) as { readonly value: never };
  const rig = createRig(parts.codec, parts.session(checked.value), (bytes) => {
    const said = module.take(bytes).bytes;
    return said.length === 0 ? [] : [{ afterMs: 5, bytes: said }];
  });
  rig.run(20_000);
  const intact: string[] = [];
  const printed = new Set<string>();
  for (let count = 0; count < frames; count += 1) {
    const frame = airFrame(dice, family.startsWith('rui3') ? 'rui3' : family, CHANNEL);
    const said = module.hear(frame);
    if (said.length === 0) continue;
    const { bytes, intact: isIntact } = spoil(dice, said, line);
    counts.frames += 1;
    printed.add(keyOf(family, frame.phy));
    if (isIntact) intact.push(keyOf(family, frame.phy));
    inChunks(dice, bytes, rig.receive);
    rig.run(100);
  }
  // What a broken frame claimed of those after it is decided by what comes then: a silence asks the module anew.
  rig.run(300_000);
  counts.intact += intact.length;
  counts.reopened += rig.reopen === undefined ? 0 : 1;
  counts.undecided += rig.reopen === undefined ? rig.undecided : 0;
  const found = rig.said.flatMap(({ body, raw }) => {
    if (JSON.stringify(redecode(raw), plain) !== JSON.stringify([body], plain)) counts.notRedecoded += 1;
    return body.kind === 'reception' ? [toHex(body.phy)] : [];
  });
  compare(counts, intact, printed, found);
};

const plain = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value);

export type LoraModuleFuzzReport = Readonly<Record<Line, Readonly<Record<string, FamilyReport>>>>;

/** @param count frames of each family on each kind of line */
export const fuzzLoraModules = async (
  count: number,
  seed: number,
  families: readonly string[] = [...FUZZED.keys()],
  progress: (words: string) => void = () => undefined,
): Promise<LoraModuleFuzzReport> => {
  const report: Record<Line, Record<string, FamilyReport>> = { clean: {}, broken: {}, changed: {} };
  for (const line of LINES) {
    for (const family of families) {
      const dice = random(seed, `${line} ${family}`);
      const counts = newCounts();
      for (let left = count; left > 0; left -= ROUND_FRAMES) {
        await playRound(family, line, dice, counts, Math.min(left, ROUND_FRAMES));
      }
      report[line][family] = counts;
      progress(`${line} ${family}: ${counts.recovered} of ${counts.intact}`);
    }
  }
  return report;
};

/** What must not be: a frame lost on a clean line, or a whole one of a Meshtastic radio on a broken one. */
export const isGood = (report: LoraModuleFuzzReport): boolean => {
  const all = LINES.flatMap((line) => Object.values(report[line]));
  const clean = Object.values(report.clean);
  const mesh = report.broken['meshtastic'];
  return (
    all.every(({ notRedecoded, undecided }) => notRedecoded + undecided === 0) &&
    clean.every(
      (one) => one.recovered === one.intact && one.notPrinted + one.reopened === 0 && one.frames > 0,
    ) &&
    (mesh === undefined || mesh.recovered === mesh.intact)
  );
};
