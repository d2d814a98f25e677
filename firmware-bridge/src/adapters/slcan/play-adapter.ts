import { asciiText, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import { type CanFrame, dataFrame } from '../../can/frame.ts';
import { segment } from '../../can/isotp.ts';
import type { FarEnd, Sent } from '../../testing/rig.ts';
import { slcanCodec } from './codec.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { frameLine } from './frame-line.ts';

/** What one control unit says, by the request; frames as hex where they are to be broken. */
export interface PlayUnit {
  /** Identifier that it answers from; the width follows from its size. */
  readonly from: number;
  readonly answers: Readonly<Record<string, string | readonly string[]>>;
}

export interface Play {
  /** Digit of `S` of the bus. */
  readonly rate: number;
  readonly extended: boolean;
  readonly units: readonly PlayUnit[];
  /** Commands by their text that are answered otherwise: `L` with BEL, `N` with nothing. */
  readonly quirks?: Readonly<Record<string, string>>;
  /** It obeys and never says so. */
  readonly mute?: boolean;
  /** Frames that are on the bus by themselves, as lines, all of them every so many milliseconds of a command. */
  readonly broadcast?: readonly string[];
}

/** A car with one control unit: coolant 80 °C, 1,726 rpm, 50 km/h, a VIN, no trouble codes. */
export const GOOD_ANSWERS: Readonly<Record<string, string>> = {
  '0100': '410008180000',
  '0900': '490040000000',
  '0902': '4902013144344750303052353542313233343536',
  '0105': '410578',
  '010c': '410c1af8',
  '010d': '410d32',
  '03': '4300',
  '07': '4700',
  '0a': '4a00',
};

export const GOOD_UNIT: PlayUnit = { from: 0x7e8, answers: GOOD_ANSWERS };

const physicalOf = (from: number): number => (from > 0x7ff ? 0x18da00f1 | ((from & 0xff) << 8) : from - 8);

const event = (one: Event): Uint8Array => slcanCodec.event.encode(one);
const frameEvent = (frame: CanFrame): Uint8Array => event({ kind: 'frame', frame, timestampMs: undefined });

const textOf = (bytes: Uint8Array): string => asciiText(bytes).replaceAll('\r', '');

/** Plays an adapter at a car: a table of answers instead of a simulator, for tests of single situations. */
export const playAdapter = ({
  rate,
  extended,
  units,
  quirks = {},
  mute = false,
  broadcast = [],
}: Play): FarEnd => {
  let open: 'normal' | 'listen' | undefined;
  let set: number | undefined;
  /** Frames that wait for a flow control, by the unit that sends them. */
  const waiting = new Map<number, readonly Uint8Array[]>();

  const reply = (bytes: Uint8Array, afterMs = 2): readonly Sent[] => [{ afterMs, bytes }];

  const framesOf = (answer: string | readonly string[]): readonly Uint8Array[] =>
    typeof answer === 'string' ? segment(fromHex(answer)!, 0xaa) : answer.map((hex) => fromHex(hex)!);

  const speak = (unit: PlayUnit, answer: string | readonly string[]): readonly Sent[] => {
    const [first, ...rest] = framesOf(answer);
    if (first === undefined) return [];
    // A list is the whole reply as it comes, whatever the flow control says.
    const now = typeof answer === 'string' ? [first] : [first, ...rest];
    if (typeof answer === 'string') waiting.set(unit.from, rest);
    return now.map((bytes, index) => ({
      afterMs: 10 + index,
      bytes: frameEvent(dataFrame(unit.from, extended, bytes)),
    }));
  };

  const hear = ({ id, data }: CanFrame): readonly Sent[] =>
    units.flatMap((unit) => {
      const functional = id === (extended ? 0x18db33f1 : 0x7df);
      if (!functional && id !== physicalOf(unit.from)) return [];
      if ((data[0] ?? 0) >> 4 === 3) {
        const rest = waiting.get(unit.from) ?? [];
        waiting.delete(unit.from);
        return rest.map((bytes, index) => ({
          afterMs: 3 + index,
          bytes: frameEvent(dataFrame(unit.from, extended, bytes)),
        }));
      }
      const answer = unit.answers[toHex(data.subarray(1, 1 + (data[0] ?? 0)))];
      return answer === undefined ? [] : speak(unit, answer);
    });

  const chatter = (): readonly Sent[] =>
    set === rate && open !== undefined
      ? broadcast.map((line, index) => ({ afterMs: 20 + index, bytes: concatBytes(asLine(line)) }))
      : [];
  const asLine = (line: string): Uint8Array => Uint8Array.from(`${line}\r`, (letter) => letter.charCodeAt(0));

  const obey = (command: Command): readonly Sent[] => {
    const ok = mute ? [] : reply(event({ kind: 'ok' }));
    const no = reply(event({ kind: 'error' }));
    switch (command.kind) {
      case 'bit-rate':
        if (open !== undefined) return no;
        set = command.code;
        return ok;
      case 'open':
        open = command.mode;
        return [...ok, ...chatter()];
      case 'close':
        open = undefined;
        return ok;
      case 'serial':
        return reply(event({ kind: 'serial', text: 'A123' }));
      case 'version':
        return reply(event({ kind: 'version', text: '1013' }));
      case 'flags':
        return reply(event({ kind: 'flags', flags: set === rate ? 0 : 0x80 }));
      case 'frame': {
        const taken = event({ kind: 'taken', extended: command.frame.extended });
        const sent = mute ? [] : reply(taken, 1);
        if (open !== 'normal') return no;
        const answers = set === rate && command.frame.extended === extended ? hear(command.frame) : [];
        return [...sent, ...answers, ...chatter()];
      }
      case 'nothing':
      case 'timestamps':
        return ok;
      case 'acceptance':
      case 'bit-timing':
      case 'other':
        return no;
    }
  };

  return (bytes) => {
    const quirk = quirks[textOf(bytes)];
    if (quirk !== undefined) return quirk === '' ? [] : reply(Uint8Array.from(quirk, (c) => c.charCodeAt(0)));
    return slcanCodec.command.decode(bytes).flatMap(({ result }) => (result.ok ? obey(result.value) : []));
  };
};

/** A line for `broadcast`. */
export const lineOf = (id: number, hex: string): string =>
  frameLine({ frame: dataFrame(id, id > 0x7ff, fromHex(hex)!), timestampMs: undefined });
