import {
  checkElm327Options,
  createRig,
  elm327Parts,
  elm327Wire,
  type FarEnd,
  noProfileFile,
  type Rig,
  redecodeElm327,
  type Sent,
} from '@outpost/firmware-bridge/wires';
import { encodeCvns, encodeDtcs, encodeSupported, encodeVin, PIDS } from '@outpost/schemas/vehicle';
import { asciiText, type Body, concatBytes, equalBytes, fromHex, toHex } from '@outpost/schemas/words';
import { type Random, random } from '../random/sfc32.ts';
import { DAMAGES, sendDamaged } from './elm327-fuzz-damage.ts';

type LegacyBus = 'pwm' | 'vpw' | 'iso9141' | 'kwp';

const PROTOCOLS: readonly (readonly [number: string, bus: LegacyBus])[] = [
  ['1', 'pwm'],
  ['2', 'vpw'],
  ['3', 'iso9141'],
  ['4', 'kwp'],
  ['5', 'kwp'],
];

export interface LegacyFuzzReport {
  readonly replies: number;
  readonly damaged: number;
  readonly values: number;
  /** Of these, from lines that are not digit for digit what the car sent: two changes that one checksum cannot see. */
  readonly changed: number;
  readonly quarantined: number;
  /** Values of another request, control unit or shape, or that the kept bytes do not say; each must be 0. */
  readonly wrong: number;
  readonly examples: readonly string[];
}

type Tally = { -readonly [Key in keyof LegacyFuzzReport]: LegacyFuzzReport[Key] } & { examples: string[] };

interface Truth {
  readonly request: string;
  readonly ecu: number;
  readonly lines: readonly string[];
}

/** Lengths that the table fixes, so that a wrong one shows. */
const USABLE = PIDS.filter(
  ({ pid, fields, lengths }) => pid < 0x20 && fields.length > 0 && lengths.length === 1,
);

const REPLIES_PER_CAR = 500;
const DAMAGED_SHARE = 0.4;
const DAMAGED_SETUP_SHARE = 0.05;
const EXAMPLES_MAX = 5;
const TRUTHS_KEPT = 32;

interface Car {
  readonly protocol: string;
  readonly bus: LegacyBus;
  readonly spaces: boolean;
  readonly pids: readonly number[];
  answer(request: Uint8Array): readonly Truth[];
}

const makeCar = (dice: Random): Car => {
  const [protocol, bus] = PROTOCOLS[dice.whole(PROTOCOLS.length)] ?? ['3', 'iso9141'];
  const spaces = dice.whole(3) === 0;
  const lengths = new Map(
    Array.from({ length: 4 + dice.whole(6) }, () => USABLE[dice.whole(USABLE.length)]).flatMap((row) =>
      row === undefined ? [] : [[row.pid, row.lengths[0] ?? 1] as const],
    ),
  );
  const ecus = [0x10, 0x18].slice(0, 1 + dice.whole(2));
  // More than three would need a second frame, and nothing on these buses tells that it is lost.
  const codes = ['P0104', 'P0420', 'U0123'].slice(0, dice.whole(4));

  const payloadOf = ([service = 0, parameter = 0]: Uint8Array): Uint8Array | undefined => {
    if (service === 0x03 || service === 0x07) {
      return concatBytes(Uint8Array.of(service + 0x40), encodeDtcs(codes, 'can'));
    }
    const echo = Uint8Array.of(service + 0x40, parameter);
    if (service === 0x01 && parameter === 0)
      return concatBytes(echo, encodeSupported(0, [...lengths.keys()]));
    const length = lengths.get(parameter);
    if (service === 0x01 && length !== undefined) return concatBytes(echo, dice.bytes(length));
    if (service !== 0x09) return undefined;
    if (parameter === 0) return concatBytes(echo, encodeSupported(0, [0x02, 0x06]));
    if (parameter === 2) return concatBytes(echo, encodeVin('1D4GP00R55B123456'));
    return parameter === 6 ? concatBytes(echo, encodeCvns(['1791BC82', '611F6EF2'])) : undefined;
  };

  return {
    protocol,
    bus,
    spaces,
    pids: [...lengths.keys()],
    answer: (request) =>
      ecus.flatMap((ecu) => {
        const payload = payloadOf(request);
        if (payload === undefined) return [];
        const lines = elm327Wire.segmentLegacy(payload).map((data) => {
          const { groups } = elm327Wire.legacyLine(bus, { ecu, data }, spaces);
          return groups.map((group) => (spaces ? `${group} ` : group)).join('');
        });
        return [{ request: toHex(request), ecu, lines }];
      }),
  };
};

const bytesOfLine = (line: string): Uint8Array => fromHex(line.replaceAll(/[\0 ]/g, '')) ?? new Uint8Array(0);

/** Header, service and its parameter: no value stands there. Trouble codes begin right after their service. */
const fixedBytes = (request: string): number => (request.length === 2 ? 4 : request.startsWith('09') ? 6 : 5);

/** Whether kept lines are those of the truth, save for digits of values and the checksum. */
const isShapedAs = (kept: readonly Uint8Array[], { lines, request }: Truth): boolean =>
  kept.length === lines.length &&
  kept.every((bytes, index) => {
    const sent = bytesOfLine(lines[index] ?? '');
    const fixed = fixedBytes(request);
    return bytes.length === sent.length && equalBytes(bytes.subarray(0, fixed), sent.subarray(0, fixed));
  });

const judge = (tally: Tally, truths: readonly Truth[], asked: string, body: Body, raw: Uint8Array): void => {
  if (!('ecu' in body) || body.ecu === 0) return;
  tally.values += 1;
  const kept = asciiText(raw).split('\r').map(bytesOfLine);
  const same = truths.filter(({ request, ecu }) => request === asked && ecu === body.ecu);
  const truth = same.find((one) => isShapedAs(kept, one));
  const says = redecodeElm327(raw).some((one) => JSON.stringify(one) === JSON.stringify(body));
  if (truth === undefined || !says) {
    tally.wrong += 1;
    if (tally.examples.length < EXAMPLES_MAX) {
      tally.examples.push(
        `asked ${asked}, got ${JSON.stringify(body)} from ${JSON.stringify(asciiText(raw))}`,
      );
    }
    return;
  }
  const isExact = same.some((one) =>
    one.lines.every((line, i) => equalBytes(bytesOfLine(line), kept[i] ?? raw)),
  );
  if (!isExact) tally.changed += 1;
};

const AT_REPLIES: Readonly<Record<string, readonly string[]>> = {
  Z: ['', 'ELM327 v1.5'],
  I: ['ELM327 v1.5'],
  '@1': ['OBDII to RS232 Interpreter'],
  RV: ['13.9V'],
};

const fuzzCar = (dice: Random, tally: Tally, repliesMax: number): void => {
  const car = makeCar(dice);
  const { command: wire } = elm327Wire.elm327Codec;
  let truths: readonly Truth[] = [];
  let older: readonly string[] = ['486B107F0111'];
  let asked = '';
  let replies = 0;
  let rig: Rig | undefined;

  const linesFor = (text: string): readonly string[] => {
    if (text === 'DPN') return [`A${car.protocol}`];
    return text === 'S0' && car.spaces ? ['?'] : (AT_REPLIES[text] ?? ['OK']);
  };
  const check = (): void => {
    if (rig === undefined) return;
    for (const { body, raw } of rig.said) judge(tally, truths, asked, body, raw);
    tally.quarantined += rig.fates.filter(({ kind }) => kind === 'quarantined').length;
    for (const list of [rig.said, rig.fates, rig.sent, rig.statuses]) list.length = 0;
  };
  const farEnd: FarEnd = (bytes): readonly Sent[] => {
    check();
    const [item] = wire.decode(bytes);
    const command = item?.result.ok === true ? item.result.value : undefined;
    if (command === undefined || command.kind === 'nudge') return [];
    const good = { older, headerLength: car.spaces ? 9 : 6 };
    if (command.kind !== 'request') {
      const lines = command.kind === 'at' ? linesFor(command.text) : ['?'];
      return sendDamaged(dice, 'none', { ...good, lines });
    }
    asked = toHex(command.bytes);
    const answers = car.answer(command.bytes);
    truths = [...answers, ...truths].slice(0, TRUTHS_KEPT);
    const lines = answers.length === 0 ? ['NO DATA'] : answers.flatMap((answer) => answer.lines);
    const isSetup = asked === '0100' || asked === '0900';
    const damage =
      dice.unit() < (isSetup ? DAMAGED_SETUP_SHARE : DAMAGED_SHARE)
        ? (DAMAGES[dice.whole(DAMAGES.length)] ?? 'none')
        : 'none';
    replies += 1;
    tally.replies += 1;
    tally.damaged += damage === 'none' ? 0 : 1;
    const sent = sendDamaged(dice, damage, { ...good, lines });
    older = lines;
    return sent;
  };

  const options = checkElm327Options(
    {
      requestsPerSecondMax: 20,
      troubleCodesEveryMs: 10_000,
      identityEveryMs: 10_000,
    },
    noProfileFile,
  );
  if (!options.ok) throw new Error(options.fault.words);
  const poll = car.pids.map((pid) => ({ pid, everyMs: 200 + dice.whole(2_000) }));
  rig = createRig(elm327Parts.codec, elm327Parts.session({ ...options.value, poll }), farEnd);
  for (let slice = 0; slice < 60 && replies < repliesMax && rig.reopen === undefined; slice += 1) {
    rig.run(20_000);
    check();
  }
};

/** Sends at least `count` replies of cars on the buses before CAN, two in five damaged, through the whole adapter. */
export const fuzzLegacy = (count: number, seed: number): LegacyFuzzReport => {
  const tally: Tally = {
    replies: 0,
    damaged: 0,
    values: 0,
    changed: 0,
    quarantined: 0,
    wrong: 0,
    examples: [],
  };
  for (let car = 0; tally.replies < count && car < count; car += 1) {
    fuzzCar(random(seed + car, 'legacy-fuzz'), tally, Math.min(REPLIES_PER_CAR, count - tally.replies));
  }
  return tally;
};
