import type { Said } from '@outpost/firmware-bridge';
import { redecodeSlcan } from '@outpost/firmware-bridge/wires';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import type { Plan } from '../car/plan.ts';
import { meetSlcan, type SlcanMet, slcanModelOf } from '../devices/slcan/testing.ts';
import { type Random, random } from '../random/sfc32.ts';

/** What happens to one line on its way. All but the last leave every digit that arrives as it was sent. */
export const DAMAGES = ['lost', 'doubled', 'late', 'cut', 'glued', 'bell', 'noise', 'changed'] as const;
export type Damage = (typeof DAMAGES)[number];

export interface SlcanFuzzReport {
  readonly requests: number;
  readonly lines: number;
  readonly damaged: Readonly<Record<Damage, number>>;
  readonly readings: number;
  readonly quarantined: number;
  readonly dropped: number;
  readonly reopened: number;
  readonly cars: number;
  readonly wrong: {
    /** Readings whose raw bytes are not exactly the lines of one answer that was sent, no digit of them changed. */
    readonly notSent: number;
    /** Readings that do not say what their own raw bytes say. */
    readonly notRedecoded: number;
    /** Identification numbers that are not the car's. */
    readonly vin: number;
    /** Lists of codes that are not the car's. */
    readonly codes: number;
    readonly undecided: number;
  };
  /** Readings with a changed digit that nothing could show: they are what their raw bytes say. */
  readonly changedUnseen: number;
  readonly examples: readonly string[];
}

const CAR_MS = 120_000;
const EXAMPLES_MAX = 5;
/** Share of lines that is damaged, by the car: at little damage more is believed, at much less gets that far. */
const SHARES: readonly number[] = [0.01, 0.05, 0.2];
const KEY_ON: Plan = { stages: [{ do: 'key-on', forS: Number.POSITIVE_INFINITY }], loopFrom: 0 };

interface Counts {
  requests: number;
  lines: number;
  readonly damaged: Record<Damage, number>;
  readings: number;
  quarantined: number;
  dropped: number;
  reopened: number;
  cars: number;
  readonly wrong: { -readonly [K in keyof SlcanFuzzReport['wrong']]: number };
  changedUnseen: number;
  readonly examples: string[];
}

const FRAME = /^[tT]/;

const identifierOf = (line: string): string => line.slice(0, line.startsWith('t') ? 4 : 9);

/** The first two digits of the data. */
const controlOf = (line: string): string => line.slice(identifierOf(line).length + 1).slice(0, 2);

/** Remembers which lines were one answer: a first frame and what follows it, or a single frame. */
const answersSent = () => {
  const open = new Map<string, string[]>();
  const sent = new Set<string>();
  return {
    note: (line: string): void => {
      const id = identifierOf(line);
      const kind = controlOf(line)[0];
      if (kind === '0') sent.add(line);
      else if (kind === '1') open.set(id, [line]);
      else if (kind === '2') {
        const lines = [...(open.get(id) ?? []), line];
        open.set(id, lines);
        sent.add(lines.join('\r'));
      }
    },
    has: (raw: string): boolean => sent.has(raw),
  };
};

const changeDigit = (line: string, dice: Random): string => {
  const at = 1 + dice.whole(line.length - 1);
  const digit = '0123456789ABCDEF'[dice.whole(16)] ?? '0';
  return `${line.slice(0, at)}${digit}${line.slice(at + 1)}`;
};

/** A line between adapter and gateway that damages some of what passes. */
const spoiledLine = (dice: Random, changes: boolean, counts: Counts) => {
  const share = SHARES[dice.whole(SHARES.length)] ?? 0;
  const kinds = changes ? DAMAGES : DAMAGES.slice(0, -1);
  const sent = answersSent();
  const late: string[] = [];

  const spoil = (line: string): string => {
    const held = late.splice(0).join('');
    if (!FRAME.test(line) || dice.unit() >= share) return `${line}\r${held}`;
    const kind = kinds[dice.whole(kinds.length)] ?? 'lost';
    counts.damaged[kind] += 1;
    switch (kind) {
      case 'lost':
        return held;
      case 'doubled':
        return `${line}\r${line}\r${held}`;
      case 'late':
        late.push(`${line}\r`);
        return held;
      case 'cut':
        return `${line.slice(0, 1 + dice.whole(line.length - 1))}\r${held}`;
      case 'glued':
        return `${line}${held}`;
      case 'bell':
        return `${line.slice(0, dice.whole(line.length))}\u0007${held}`;
      case 'noise':
        return `${line.slice(0, 5)}${asciiText(dice.bytes(1 + dice.whole(6)))}${line.slice(5)}\r${held}`;
      case 'changed':
        return `${changeDigit(line, dice)}\r${held}`;
    }
  };

  return {
    sent,
    pass: (bytes: Uint8Array): Uint8Array => {
      const lines = asciiText(bytes).split('\r');
      const rest = lines.pop() ?? '';
      const out = lines.map((line) => {
        counts.lines += 1;
        if (FRAME.test(line)) sent.note(line);
        return spoil(line);
      });
      return asciiBytes(out.join('') + rest);
    },
  };
};

const isAlike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const note = (counts: Counts, what: keyof Counts['wrong'], said: Said): void => {
  counts.wrong[what] += 1;
  if (counts.examples.length >= EXAMPLES_MAX) return;
  counts.examples.push(`${what}: ${JSON.stringify(said.body)} from ${JSON.stringify(asciiText(said.raw))}`);
};

const judge = (
  met: SlcanMet,
  line: ReturnType<typeof spoiledLine>,
  vin: string,
  changes: boolean,
  counts: Counts,
): void => {
  const redecode = redecodeSlcan;
  for (const said of met.rig.said) {
    const { body, raw } = said;
    counts.readings += 1;
    const bodies = redecode?.(raw) ?? [];
    if (!bodies.some((other) => isAlike(other, body))) note(counts, 'notRedecoded', said);
    const isName = body.kind === 'identity' && body.of === 'adapter';
    if (!isName && !line.sent.has(asciiText(raw))) {
      if (changes) counts.changedUnseen += 1;
      else note(counts, 'notSent', said);
    }
    if (body.kind === 'identity' && body.of === 'vin' && body.text !== vin) note(counts, 'vin', said);
    if (body.kind === 'codes' && body.codes.length > 0) note(counts, 'codes', said);
  }
  for (const { kind } of met.rig.fates) {
    if (kind === 'quarantined') counts.quarantined += 1;
    if (kind === 'dropped') counts.dropped += 1;
  }
  // A reply may be under way when the time is up.
  if (met.rig.undecided > 16) counts.wrong.undecided += 1;
};

const fuzzCar = (seed: number, counts: Counts): void => {
  const dice = random(seed, 'slcan-fuzz');
  const changes = dice.unit() < 0.3;
  const protocol = (['6', '7', '8', '9'] as const)[dice.whole(4)] ?? '6';
  const model = slcanModelOf({ protocol, seed, plan: KEY_ON, broadcasts: dice.unit() < 0.2 });
  const line = spoiledLine(dice, changes, counts);
  const options = { requestsPerSecondMax: 20, identityEveryMs: 10_000, troubleCodesEveryMs: 10_000 };
  const met = meetSlcan(model, options, line.pass);
  for (let ms = 0; ms < CAR_MS && met.rig.reopen === undefined; ms += 5_000) met.run(5_000);
  judge(met, line, model.identity.vin, changes, counts);
  counts.requests += met.state().tally.framesIn;
  counts.reopened += met.rig.reopen === undefined ? 0 : 1;
  counts.cars += 1;
};

/** Cars behind an adapter whose lines are damaged on the way, until so many requests were sent. */
export const fuzzSlcan = (
  requests: number,
  seed: number,
  progress: (requests: number) => void = () => undefined,
): SlcanFuzzReport => {
  const damaged = Object.fromEntries(DAMAGES.map((kind) => [kind, 0])) as Record<Damage, number>;
  const counts: Counts = {
    requests: 0,
    lines: 0,
    damaged,
    readings: 0,
    quarantined: 0,
    dropped: 0,
    reopened: 0,
    cars: 0,
    wrong: { notSent: 0, notRedecoded: 0, vin: 0, codes: 0, undecided: 0 },
    changedUnseen: 0,
    examples: [],
  };
  for (let car = 0; counts.requests < requests; car += 1) {
    fuzzCar(seed * 1_000_003 + car, counts);
    if (car % 10 === 9) progress(counts.requests);
  }
  return counts;
};
