import {
  checkElm327Options,
  createRig,
  elm327Parts,
  elm327Wire,
  type FarEnd,
  noProfileFile,
  type Rig,
  type Sent,
} from '@outpost/firmware-bridge/wires';
import { asciiText, type Body, toHex } from '@outpost/schemas/words';
import { type Random, random } from '../random/sfc32.ts';
import { type FuzzCar, makeFuzzCar, type Truth } from './elm327-fuzz-car.ts';
import { DAMAGES, type Damage, sendDamaged } from './elm327-fuzz-damage.ts';
import { type Wrong, wrongness } from './elm327-fuzz-oracle.ts';

export interface FuzzReport {
  readonly replies: number;
  readonly damaged: number;
  readonly values: number;
  /** Of these, from replies to several parameters. */
  readonly packedValues: number;
  readonly quarantined: number;
  readonly reopened: number;
  readonly cars: number;
  /** Values that should not be, by what is wrong with them; each must be 0. */
  readonly wrong: Readonly<Record<Wrong, number>>;
  /** Items that a dialogue never decided on; must be 0 but for those under way at its end. */
  readonly undecidedMax: number;
  /** The first few wrong values, to look into. */
  readonly examples: readonly string[];
}

/** A car and its dongle are worn out after so many replies, so that set-up and discovery are fuzzed too. */
const REPLIES_PER_CAR = 2_000;
/** Of the replies of a car; where there are fewer, more of what needs several good replies in a row is tried. */
const DAMAGED_SHARES: readonly number[] = [0.4, 0.4, 0.08];
const DAMAGED_SETUP_SHARE = 0.05;
const TRUTHS_KEPT = 64;
const EXAMPLES_MAX = 5;
const CARS_PER_PROGRESS = 25;

interface Tally {
  replies: number;
  damaged: number;
  values: number;
  packedValues: number;
  quarantined: number;
  reopened: number;
  cars: number;
  undecidedMax: number;
  readonly wrong: Record<Wrong, number>;
  readonly examples: string[];
}

/** A dongle in front of the fuzz car, whose replies are damaged on the way; and the judge of what was made of them. */
interface Bench {
  readonly farEnd: FarEnd;
  /** Judges what the dialogue said since it was last asked. */
  check(rig: Rig): void;
  readonly replies: number;
}

const AT_REPLIES: Readonly<Record<string, readonly string[]>> = {
  Z: ['', 'ELM327 v1.5'],
  I: ['ELM327 v1.5'],
  '@1': ['OBDII to RS232 Interpreter'],
  RV: ['13.9V'],
};

const createBench = (dice: Random, car: FuzzCar, tally: Tally): Bench => {
  let truths: Truth[] = [];
  let asked = '';
  let older: readonly string[] = ['7E8037F0111'];
  let echo = true;
  let replies = 0;
  let polling = false;
  const damagedShare = DAMAGED_SHARES[dice.whole(DAMAGED_SHARES.length)] ?? 0;
  const idDigits = car.idBits === 11 ? 3 : 8;
  const headerLength = car.spaces && car.idBits === 29 ? 12 : idDigits + (car.spaces ? 1 : 0);
  const { command: wire } = elm327Wire.elm327Codec;

  const atLines = (text: string): readonly string[] => {
    if (text === 'Z') echo = true;
    if (text === 'S0' && car.spaces) return ['?'];
    if (text === 'DPN') return [car.idBits === 11 ? 'A6' : 'A7'];
    return AT_REPLIES[text] ?? ['OK'];
  };

  const requestLines = (bytes: Uint8Array): readonly string[] => {
    const answers = car.answer(bytes);
    truths = [...answers, ...truths].slice(0, TRUTHS_KEPT);
    // Long answers of several control units come interleaved, as on the bus.
    const rounds = Math.max(0, ...answers.map(({ lines }) => lines.length));
    const lines = Array.from({ length: rounds }, (_, i) =>
      answers.flatMap((answer) => answer.lines[i] ?? []),
    );
    return lines.length === 0 ? ['NO DATA'] : lines.flat();
  };

  const reply = (bytes: Uint8Array): readonly Sent[] => {
    const [item] = wire.decode(bytes);
    const command = item?.result.ok === true ? item.result.value : undefined;
    if (command === undefined || command.kind === 'nudge') return [];
    const isRequest = command.kind === 'request';
    if (isRequest) asked = toHex(command.bytes).toUpperCase();
    const lines = isRequest
      ? requestLines(command.bytes)
      : atLines(command.kind === 'at' ? command.text : '');
    const share = isRequest && polling ? damagedShare : DAMAGED_SETUP_SHARE;
    const damage: Damage = dice.unit() < share ? (DAMAGES[dice.whole(DAMAGES.length)] ?? 'none') : 'none';
    const echoed = echo ? [asciiText(bytes).slice(0, -1)] : [];
    if (command.kind === 'at' && command.text === 'E0') echo = false;
    if (isRequest) {
      polling ||= !/^0[19][02468ACE]0$/.test(asked);
      replies += 1;
      tally.replies += 1;
      tally.damaged += damage === 'none' ? 0 : 1;
    }
    const sent = sendDamaged(dice, damage, { lines: [...echoed, ...lines], older, headerLength });
    if (isRequest) older = lines;
    return sent;
  };

  const judge = (body: Body, raw: Uint8Array): void => {
    const ofDongle = !('ecu' in body) || body.ecu === 0;
    if (ofDongle) return;
    tally.values += 1;
    if (/^01(..){2,}$/.test(asked)) tally.packedValues += 1;
    const wrong = wrongness(body, raw, asked, truths, idDigits);
    if (wrong === undefined) return;
    tally.wrong[wrong] += 1;
    if (tally.examples.length < EXAMPLES_MAX) {
      const from = JSON.stringify(asciiText(raw));
      const got = JSON.stringify(body);
      tally.examples.push(`car ${tally.cars - 1}, ${wrong}: asked ${asked}, got ${got} from ${from}`);
    }
  };

  const check = (rig: Rig): void => {
    for (const { body, raw } of rig.said) judge(body, raw);
    for (const fate of rig.fates) if (fate.kind === 'quarantined') tally.quarantined += 1;
    rig.said.length = 0;
    rig.fates.length = 0;
    rig.sent.length = 0;
    rig.statuses.length = 0;
  };

  return {
    farEnd: reply,
    check,
    get replies() {
      return replies;
    },
  };
};

const SLICE_MS = 60_000;
const SLICES_MAX = 200;

/** One dialogue with one car, until it has had its replies or gave up. */
const fuzzCar = (dice: Random, tally: Tally, repliesMax: number): void => {
  const car = makeFuzzCar(dice);
  const bench = createBench(dice, car, tally);
  const poll = car.pids.map((pid) => ({ pid, everyMs: 200 + dice.whole(2_000) }));
  const options = checkElm327Options(
    {
      requestsPerSecondMax: 20,
      troubleCodesEveryMs: 10_000,
      identityEveryMs: 10_000,
    },
    noProfileFile,
  );
  if (!options.ok) throw new Error(options.fault.words);
  let rig: Rig | undefined;
  // What was said belongs to the request before: it is judged before the next one is answered.
  const farEnd: FarEnd = (bytes, now) => {
    if (rig !== undefined) bench.check(rig);
    return bench.farEnd(bytes, now);
  };
  tally.cars += 1;
  rig = createRig(elm327Parts.codec, elm327Parts.session({ ...options.value, poll }), farEnd);
  for (let slice = 0; slice < SLICES_MAX && bench.replies < repliesMax; slice += 1) {
    rig.run(SLICE_MS);
    bench.check(rig);
    if (rig.reopen === undefined) continue;
    tally.reopened += 1;
    break;
  }
  tally.undecidedMax = Math.max(tally.undecidedMax, rig.undecided);
};

/** Sends `count` replies, up to two in five of them damaged in one of twenty ways, through the whole adapter. */
export const fuzzElm327 = (
  count: number,
  seed: number,
  progress: (replies: number) => void = () => undefined,
): FuzzReport => {
  const wrong = { request: 0, frame: 0, value: 0, 'control-unit': 0 };
  const tally: Tally = {
    replies: 0,
    damaged: 0,
    values: 0,
    packedValues: 0,
    quarantined: 0,
    reopened: 0,
    cars: 0,
    undecidedMax: 0,
    wrong,
    examples: [],
  };
  while (tally.replies < count) {
    if (tally.cars % CARS_PER_PROGRESS === 0) progress(tally.replies);
    fuzzCar(
      random(seed + tally.cars, 'elm327-fuzz'),
      tally,
      Math.min(REPLIES_PER_CAR, count - tally.replies),
    );
  }
  return tally;
};
