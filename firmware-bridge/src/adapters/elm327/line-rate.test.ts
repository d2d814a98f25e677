import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type FarEnd, type Rig, type Sent } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import { DEFAULT_OPTIONS, type Elm327Options } from './options.ts';
import { GOOD_CAR, GOOD_SETUP, playDongle } from './play-dongle.ts';
import { RATE_CANDIDATES } from './rate.ts';
import { elm327Session } from './session.ts';

interface Chip {
  baud: number;
  /** Of the program's end of the line. */
  lineBaud: number;
}

interface ChipPlay {
  readonly baud: number;
  /** The chip's answer to the command for another rate; undefined does not know it. */
  readonly raises?: (command: string) => number | undefined;
  /** Rates at which the cable garbles everything. */
  readonly badAbove?: number;
  readonly stn?: boolean;
}

/** What two ends with different rates make of each other's bytes; which bytes does not matter here. */
const garbled = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => 0x80 | (byte * 5 + at));

/** A chip on a serial line, which goes over to another rate on trial (ELM327 data sheet, `AT BRD`). */
const chipOn = (chip: Chip, play: ChipPlay): FarEnd => {
  const far = playDongle({
    replies: {
      ...GOOD_CAR,
      ...(play.stn === true ? { STI: 'STN2120 v5.6.7', STDI: 'OBDLink EX r1.0', STVR: '12.61' } : {}),
    },
  });
  let trial: number | undefined;
  const carried = (sent: readonly Sent[], at: number): readonly Sent[] =>
    sent.map(({ afterMs, bytes }) => {
      const good = chip.lineBaud === at && at <= (play.badAbove ?? Number.POSITIVE_INFINITY);
      return { afterMs, bytes: good ? bytes : garbled(bytes) };
    });
  const lines = (...texts: readonly [number, string][]): readonly Sent[] =>
    texts.map(([afterMs, text]) => ({ afterMs, bytes: asciiBytes(text) }));

  return (bytes, now) => {
    const heard = chip.lineBaud === chip.baud && chip.baud <= (play.badAbove ?? Number.POSITIVE_INFINITY);
    const text = heard ? asciiText(bytes) : '';
    if (trial !== undefined) {
      const before = trial;
      trial = undefined;
      if (text === '\r') return lines([2, 'OK\r\r>']);
      chip.baud = before;
      return [];
    }
    if (!heard) return carried([{ afterMs: 3, bytes }], -1);
    const next = play.raises?.(text.trim());
    if (next === undefined) return carried(far(bytes, now), chip.baud);
    trial = chip.baud;
    chip.baud = next;
    const name = play.stn === true ? 'STN2120 v5.6.7' : (GOOD_SETUP['ATI'] ?? '');
    const isBad = next > (play.badAbove ?? Number.POSITIVE_INFINITY);
    const printed = asciiBytes(`${name}\r`);
    return [...lines([2, 'OK\r']), { afterMs: 20, bytes: isBad ? garbled(printed) : printed }];
  };
};

const rigOf = (
  play: ChipPlay,
  { auto = true, ...options }: Partial<Elm327Options> & { readonly auto?: boolean } = {},
): { readonly rig: Rig; readonly chip: Chip } => {
  const chip: Chip = { baud: play.baud, lineBaud: 38_400 };
  const session = elm327Session({
    ...DEFAULT_OPTIONS,
    poll: [{ pid: 0x0c, everyMs: 500 }],
    ...options,
  });
  const rig = createRig(elm327Codec, session, chipOn(chip, play), {
    rate: { baud: 38_400, auto },
    setBaud: (baud) => {
      chip.lineBaud = baud;
    },
  });
  return { rig, chip };
};

const reads = (rig: Rig): boolean => rig.said.some(({ body }) => body.kind === 'number' && body.signal === 2);

describe('the rate of a serial line', () => {
  it.each(RATE_CANDIDATES)('is found when it is %d baud, by two bytes that are no command', (baud) => {
    const { rig, chip } = rigOf({ baud });
    rig.run(12_000);
    expect(chip.lineBaud).toBe(baud);
    expect(reads(rig)).toBe(true);
    expect(rig.sent[0]).toEqual(Uint8Array.of(0x7f, 0x7f, 0x0d));
    expect(rig.statuses.at(-1)?.facts['baud']).toBe(baud);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
  });

  it('is left as the address says where it says it', () => {
    const { rig } = rigOf({ baud: 38_400 }, { auto: false });
    rig.run(12_000);
    expect(reads(rig)).toBe(true);
    expect(rig.sent.map(asciiText)).not.toContain('\x7f\x7f\r');
  });

  it('is none of those that dongles have: the port is opened anew, and the words say what was tried', () => {
    const { rig } = rigOf({ baud: 19_200 });
    rig.run(20_000);
    expect(rig.reopen).toMatchObject({ kind: 'unreachable', code: 'elm327.no-rate' });
    expect(rig.reopen?.words).toContain('115200');
  });
});

describe('a faster line', () => {
  const brd = (command: string): number | undefined => (command === 'ATBRD08' ? 500_000 : undefined);
  const stbr = (command: string): number | undefined =>
    /^STBR\d+$/.test(command) ? Number(command.slice(4)) : undefined;

  it('is asked of an ELM327 up to what the owner allows, and confirmed', () => {
    const { rig, chip } = rigOf({ baud: 38_400, raises: brd }, { baudMax: 500_000 });
    rig.run(12_000);
    expect(chip).toEqual({ baud: 500_000, lineBaud: 500_000 });
    expect(reads(rig)).toBe(true);
    expect(rig.statuses.at(-1)?.report?.features['fasterLine']).toBe('works');
  });

  it('goes to 2 Mbit/s with an STN chip', () => {
    const { rig, chip } = rigOf({ baud: 115_200, raises: stbr, stn: true }, { baudMax: 2_000_000 });
    rig.run(12_000);
    expect(chip).toEqual({ baud: 2_000_000, lineBaud: 2_000_000 });
    expect(reads(rig)).toBe(true);
  });

  it('is given up where the cable cannot carry it, and everything is as before', () => {
    const play = { baud: 115_200, raises: stbr, stn: true, badAbove: 500_000 };
    const { rig, chip } = rigOf(play, { baudMax: 2_000_000 });
    rig.run(15_000);
    expect(chip).toEqual({ baud: 115_200, lineBaud: 115_200 });
    expect(reads(rig)).toBe(true);
    expect(rig.statuses.at(-1)?.report?.features['fasterLine']).toBe('failed');
  });

  it('is not asked of a chip that does not know how, nor where nobody allows it', () => {
    const refused = rigOf({ baud: 38_400 }, { baudMax: 500_000 });
    refused.rig.run(12_000);
    expect(reads(refused.rig)).toBe(true);
    expect(refused.chip.lineBaud).toBe(38_400);
    const unasked = rigOf({ baud: 38_400, raises: brd });
    unasked.rig.run(12_000);
    expect(unasked.rig.sent.map(asciiText).filter((text) => /BRD|STBR/.test(text))).toEqual([]);
  });
});
