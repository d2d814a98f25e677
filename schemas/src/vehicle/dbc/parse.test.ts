import { describe, expect, it } from 'vitest';
import { formatFormula, formatRatio } from '../formula.ts';
import type { Database, DbcMessage } from './database.ts';
import { parseDbc } from './parse.ts';

const WHOLE = `VERSION "1.0"

NS_ :
\tNS_DESC_
\tCM_
\tVAL_
\tSG_MUL_VAL_

BS_: 500 : 12,34
BU_: Engine Dash Vector__XXX

VAL_TABLE_ OnOff 1 "on" 0 "off" ;

BO_ 2364540158 EEC1: 8 Engine
 SG_ EngineSpeed : 24|16@1+ (0.125,0) [0|8031.875] "rpm" Vector__XXX
 SG_ Torque : 16|8@1- (1.0E+000,-125) [-125|125] "%"  Dash,Engine

BO_ 1024 Gearbox: 3 Engine
 SG_ Page M : 7|4@0+ (1,0) [0|15] "" Dash
 SG_ Oil m0 : 15|8@0+ (0.5,-40) [0|0] "degC" Dash
 SG_ Gear m1 : 15|4@0+ (1,0) [0|8] "" Dash

BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX
 SG_ Orphan : 0|8@1+ (1,0) [0|0] "" Vector__XXX

CM_ BO_ 1024 "What a gearbox says;
SG_ looks like a signal and is none.";
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_ "GenMsgCycleTime" BO_ 1024 100;
VAL_ 1024 Gear 0 "neutral" 1 "first" 15 "not available" ;
`;

const parsed = (text: string): Database => {
  const database = parseDbc(text, 'car.dbc');
  if (!database.ok) throw new Error(`${database.fault.where}: ${database.fault.words}`);
  return database.value;
};

const message = (text: string, name: string): DbcMessage => {
  for (const one of parsed(text).messages.values()) if (one.name === name) return one;
  throw new Error(`no ${name}`);
};

const one = (signal: string, more = ''): string => `BO_ 1 Only: 8 X\n${signal}\n${more}`;

const flawOf = (text: string, name: string): string | undefined => {
  const found = message(text, 'Only').signals.find((signal) => signal.name === name)?.flaw;
  return found === undefined ? undefined : `${found.line}: ${found.words}`;
};

describe('a DBC file', () => {
  it('gives its messages with identifiers of both widths, and nothing for what nobody sends', () => {
    const { messages } = parsed(WHOLE);
    expect(
      [...messages.values()].map(({ name, id, extended, bytes }) => [name, id, extended, bytes]),
    ).toEqual([
      ['EEC1', 0x0cf004fe, true, 8],
      ['Gearbox', 1024, false, 3],
    ]);
  });

  it('gives formulas exactly as they are written', () => {
    const [speed, torque] = message(WHOLE, 'EEC1').signals;
    expect(speed?.formula).toBeDefined();
    expect(formatFormula(speed!.formula)).toBe('24|16@1+ (0.125,0)');
    expect(formatFormula(torque!.formula)).toBe('16|8@1- (1,-125)');
    expect(formatRatio(speed!.limits.max!)).toBe('8031.875');
    expect(torque?.unit).toBe('%');
  });

  it('says of a multiplexed signal when it is there', () => {
    const [page, oil, gear] = message(WHOLE, 'Gearbox').signals;
    expect(page?.multiplexor).toBe(true);
    expect(oil?.multiplexed).toEqual({ by: 'Page', ranges: [{ from: 0n, to: 0n }] });
    expect(gear?.multiplexed).toEqual({ by: 'Page', ranges: [{ from: 1n, to: 1n }] });
    expect(oil?.limits).toEqual({ min: undefined, max: undefined });
  });

  it('says what single numbers mean', () => {
    const gear = message(WHOLE, 'Gearbox').signals[2];
    expect(gear?.labels.get(15n)).toBe('not available');
    expect(gear?.labels.size).toBe(3);
  });

  it('is read the same with other line ends, and without its optional sections', () => {
    expect(parsed(WHOLE.replaceAll('\n', '\r\n'))).toEqual(parsed(WHOLE));
    expect(parsed(WHOLE.slice(WHOLE.indexOf('BO_ 2364540158')))).not.toEqual(parsed(''));
    expect(parsed('').messages.size).toBe(0);
  });

  it('knows ranges of multiplexors above one another', () => {
    const text = one(
      ` SG_ A M : 0|4@1+ (1,0) [0|0] "" X
 SG_ B m1M : 8|8@1+ (1,0) [0|0] "" X
 SG_ C m0 : 16|8@1+ (1,0) [0|0] "" X`,
      'SG_MUL_VAL_ 1 C B 3-7, 9-9;',
    );
    const [, b, c] = message(text, 'Only').signals;
    expect(b?.multiplexed).toEqual({ by: 'A', ranges: [{ from: 1n, to: 1n }] });
    const ranges = [
      { from: 3n, to: 7n },
      { from: 9n, to: 9n },
    ];
    expect(c?.multiplexed).toEqual({ by: 'B', ranges });
  });
});

describe('a slip in a DBC file', () => {
  it.each([
    ['SG_ A : 60|8@1+ (1,0) [0|0] "" X', 'A', '2: it needs 9 bytes and its message has 8.'],
    ['SG_ A m1 : 0|8@1+ (1,0) [0|0] "" X', 'A', '2: it is multiplexed and its message has no multiplexor.'],
    [
      'SG_ A M : 0|2@1+ (1,0) [0|0] "" X\n SG_ B m4 : 8|8@1+ (1,0) [0|0] "" X',
      'B',
      '3: A cannot say that it is there.',
    ],
    [
      'SG_ A : 0|32@1- (1,0) [0|0] "" X\nSIG_VALTYPE_ 1 A : 1;',
      'A',
      '3: it is a floating-point number, which is never signed.',
    ],
  ])('takes its own signal out: %s', (signal, name, words) => {
    expect(flawOf(one(signal), name)).toBe(words);
    expect(flawOf(one(`${signal}\n SG_ Good : 0|8@1+ (1,0) [0|0] "" X`), 'Good')).toBeUndefined();
  });

  it('takes out what circles of multiplexors would select', () => {
    const text = one(
      ' SG_ A m1M : 0|8@1+ (1,0) [0|0] "" X\n SG_ B m1M : 8|8@1+ (1,0) [0|0] "" X',
      'SG_MUL_VAL_ 1 A B 1-1;\nSG_MUL_VAL_ 1 B A 1-1;',
    );
    expect(flawOf(text, 'A')).toBe('2: its multiplexors never come to an end.');
  });

  it('takes out a message whose identifier cannot be', () => {
    expect(message('BO_ 2048 Only: 8 X', 'Only').flaw).toEqual({
      line: 1,
      words: 'its identifier has more than 11 bits.',
    });
  });
});

describe('a text that is no DBC file', () => {
  it.each([
    ['BO_ x', 'car.dbc:1', 'the identifier of the message is missing before “x”.'],
    ['\n\nBO_ 1 A 8 X', 'car.dbc:3', 'message A: “:” is missing before “8”.'],
    [
      one('SG_ A : 0|65@1+ (1,0) [0|0] "" X'),
      'car.dbc:2',
      'the number of bits must be from 1 to 64, not 65.',
    ],
    [one('SG_ A : 0|8@2+ (1,0) [0|0] "" X'), 'car.dbc:2', 'the byte order must be from 0 to 1, not 2.'],
    [one('SG_ A : 0|8@1+ (0,0) [0|0] "" X'), 'car.dbc:2', 'the factor must not be 0.'],
    [one('SG_ A : 0|8@1+ (1,0) [0|0] "km X'), 'car.dbc:2', 'the unit, in quotes, is missing before “"”.'],
    [
      one('SG_ A : 1.5|8@1+ (1,0) [0|0] "" X'),
      'car.dbc:2',
      'the start bit must be a whole number, not “1.5”.',
    ],
    [one('SG_ A X : 0|8@1+ (1,0) [0|0] "" X'), 'car.dbc:2', '“X” is no multiplexing; it reads M, m0 or m0M.'],
    [
      one('SG_ A : 0|8@1+ (1,0) [0|0] "" X\nSG_ A : 0|8@1+ (1,0) [0|0] "" X'),
      'car.dbc:3',
      'message Only has a second signal A.',
    ],
    [`${one('')}BO_ 1 Again: 8 X`, 'car.dbc:3', 'the identifier of Again is there a second time.'],
    ['hello', 'car.dbc:1', 'x'],
  ])('is refused with its line: %s', (text, where, words) => {
    const read = parseDbc(text, 'car.dbc');
    if (text === 'hello') expect(read.ok && read.value.messages.size === 0).toBe(true);
    else expect(read).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where, words } });
  });

  it('is refused when it is too long, before anything of it is read', () => {
    expect(parseDbc(' '.repeat(8 * 2 ** 20 + 1), 'car.dbc')).toMatchObject({ ok: false });
  });

  it('never throws and never runs away, whatever it holds', () => {
    for (let at = 0; at < WHOLE.length; at += 7) {
      expect(() => parseDbc(WHOLE.slice(at), 'car.dbc')).not.toThrow();
      expect(() => parseDbc(`${WHOLE.slice(0, at)}"${WHOLE.slice(at)}`, 'car.dbc')).not.toThrow();
    }
  });
});
