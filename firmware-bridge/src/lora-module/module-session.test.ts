import { fromHex, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { rui3Codec } from '../adapters/rui3/codec.ts';
import { redecode, rui3Parts } from '../adapters/rui3/index.ts';
import { rui3Session } from '../adapters/rui3/session.ts';
import type { Remembered } from '../session.ts';
import { createRig, type RigLine } from '../testing/rig.ts';
import { readDuty, writeDuty } from './duty-memory.ts';
import { checkSettings } from './settings.ts';
import { downlink, type LineAnswers, lines, playLines } from './testing.ts';

/** A module whose settings last, as RUI3 keeps them in its flash. */
const module = (changed: (line: string) => readonly string[] | undefined = () => undefined) => {
  const values = new Map([
    ['NWM', '1'],
    ['P2P', '868000000:7:125:0:8:14'],
    ['SYNCWORD', '3444'],
    ['VER', 'RUI_4.0.6_RAK3172-E'],
  ]);
  const answers: LineAnswers = (line) => {
    const other = changed(line);
    if (other !== undefined) return other;
    const [, name, value] = /^AT\+([A-Z0-9]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || name === 'PRECV') return ['OK'];
    if (value === '?') return [`AT+${name}=${values.get(name) ?? ''}`, 'OK'];
    if (name === 'PSEND') return ['OK', '+EVT:TXP2P DONE'];
    values.set(name, value ?? '');
    return ['OK'];
  };
  return answers;
};

const OPTIONS = { frequencyHz: 868_100_000, powerDbm: 12, antennaGainDbi: 2, region: 'EU868' };

const start = (
  answers: LineAnswers = module(),
  {
    options = OPTIONS as object,
    line,
    remembered,
  }: { options?: object; line?: RigLine; remembered?: Remembered } = {},
) => {
  const checked = checkSettings(options, 'radio');
  if (!checked.ok) throw new Error(checked.fault.words);
  return createRig(rui3Codec, rui3Session(checked.value, remembered), playLines(answers), line);
};

const texts = (sent: readonly Uint8Array[]): readonly string[] =>
  sent.map((bytes) => new TextDecoder().decode(bytes).trimEnd());
const FRAME = '+EVT:RXP2P:-60:9:40112233';
const phy = fromHex('40112233') ?? new Uint8Array(0);

describe('a module', () => {
  it('is asked what it is set to, told only what differs, and then listens', () => {
    const rig = start();
    rig.run(10_000);
    expect(texts(rig.sent)).toEqual([
      'AT',
      'AT+VER=?',
      'AT+NWM=?',
      'AT+NWM=0',
      'AT+P2P=?',
      'AT+P2P=868100000:7:125:0:8:12',
      'AT+SYNCWORD=?',
      'AT+PRECV=65533',
    ]);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual(['setting-up', 'listening']);
    expect(rig.statuses.at(-1)?.words).toBe('listening at 868.1 MHz, SF7, 125 kHz.');
    expect(rig.undecided).toBe(0);
  });

  it('says what it hears with the frequency that it was set to, and its bytes say the same again', () => {
    const rig = start();
    rig.receive(lines(FRAME));
    expect(rig.fates.at(-1)).toEqual({ kind: 'dropped', reason: 'before-set-up' });
    rig.run(10_000);
    rig.receive(lines(FRAME));
    const [identity, reception] = rig.said;
    expect(identity?.body).toMatchObject({ kind: 'identity', text: 'RUI_4.0.6_RAK3172-E' });
    expect(reception?.body).toMatchObject({
      direction: 'heard',
      phy,
      rssiDeciDbm: -600,
      snrDeciDb: 90,
      frequencyHz: 868_100_000,
      crc: 'unknown',
      tmst: undefined,
    });
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
  });

  it('is told again after a silence, without a needless write to its flash, and restarted unseen it listens again', () => {
    const rig = start();
    rig.run(10_000);
    const before = rig.sent.length;
    rig.run(61_000);
    expect(texts(rig.sent.slice(before))).toEqual([
      'AT',
      'AT+VER=?',
      'AT+NWM=?',
      'AT+P2P=?',
      'AT+SYNCWORD=?',
      'AT+PRECV=65533',
    ]);
  });

  it('that greets anew is set up anew, and its owner hears of it', () => {
    const rig = start();
    rig.run(10_000);
    rig.receive(lines('RAKwireless RAK3172', 'Current Work Mode: LoRa P2P.'));
    rig.receive(lines(FRAME));
    expect(rig.fates.at(-1)).toEqual({ kind: 'dropped', reason: 'before-set-up' });
    rig.run(5_000);
    expect(rig.happenings.map(({ what }) => what)).toEqual(['module-restarted']);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual([
      'setting-up',
      'listening',
      'setting-up',
      'listening',
    ]);
    expect(texts(rig.sent).filter((text) => text.startsWith('AT+PRECV'))).toHaveLength(2);
  });

  it('that does not answer is asked again, reset, and given up', () => {
    const rig = start(() => undefined);
    rig.run(60_000);
    expect(new Set(texts(rig.sent))).toEqual(new Set(['AT', 'ATZ']));
    expect(rig.reopen).toMatchObject({ kind: 'unreachable', code: 'rui3.silent' });
  });

  it('that answers late is not credited with the next answer', () => {
    let late = 0;
    const rig = start((line) => {
      if (line !== 'AT' || late > 0) return module()(line);
      late += 1;
      return undefined;
    });
    rig.run(1_600);
    rig.receive(lines('OK'));
    expect(rig.fates).toEqual([{ kind: 'dropped', reason: 'late' }]);
    rig.run(10_000);
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
  });

  it('that is busy because it receives is stopped first, three times at most', () => {
    const busy = (line: string) => (line === 'AT+PRECV=65533' ? ['AT_BUSY_ERROR'] : undefined);
    const rig = start(module(busy));
    rig.run(20_000);
    const sent = texts(rig.sent);
    expect(sent.filter((text) => text === 'AT+PRECV=0')).toHaveLength(3);
    expect(rig.reopen?.code).toBe('rui3.set-up-refused');
  });

  it('with the numbers of newer firmware for its bandwidth is told in those', () => {
    const newer = (line: string) =>
      line.startsWith('AT+P2P=868100000:7:125') ? ['AT_PARAM_ERROR'] : undefined;
    const rig = start(module(newer));
    rig.run(20_000);
    expect(texts(rig.sent)).toContain('AT+P2P=868100000:7:0:0:8:12');
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
  });
});

describe('a line at the wrong rate', () => {
  const noise = Uint8Array.from({ length: 60 }, (_, i) => (i % 5 === 4 ? 10 : 0x80 + i));

  it('is named to the owner', () => {
    const rig = start(() => undefined, {
      line: { rate: { baud: 38_400, auto: false }, setBaud: () => undefined },
    });
    rig.receive(noise);
    expect(rig.statuses.at(-1)?.phase).toBe('wrong-rate');
    rig.run(120_000);
    expect(rig.reopen?.words).toContain('38400 baud');
  });

  it('is found out where it may be', () => {
    let baud = 0;
    const setBaud = (rate: number): void => {
      baud = rate;
    };
    const rig = start((line) => (baud === 9_600 ? module()(line) : undefined), {
      line: { rate: { baud: 38_400, auto: true }, setBaud },
    });
    rig.receive(noise);
    rig.run(60_000);
    expect(baud).toBe(9_600);
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
  });
});

describe('an order to send', () => {
  const listening = (options: object = OPTIONS, remembered?: Remembered) => {
    const rig = start(module(), remembered === undefined ? { options } : { options, remembered });
    rig.run(10_000);
    return rig;
  };

  it('is carried out, a beacon leaves evidence, and the module listens again', () => {
    const rig = listening();
    rig.order(downlink('a', phy));
    rig.order(downlink('b', phy, {}, 'beacon'));
    rig.run(5_000);
    expect(rig.outcomes).toEqual([
      { id: 'a', kind: 'done', words: 'sent.', item: 0 },
      { id: 'b', kind: 'done', words: 'sent.', item: 0 },
    ]);
    const sent = rig.said.filter(({ body }) => body.kind === 'reception');
    expect(sent.map(({ body }) => body)).toMatchObject([{ direction: 'sent', phy, powerDeciDbm: 140 }]);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
    expect(texts(rig.sent).at(-1)).toBe('AT+PRECV=65533');
    expect(rig.undecided).toBe(0);
  });

  it.each([
    ['no-region', { frequencyHz: 868_100_000 }, {}],
    ['listen-before-talk', { frequencyHz: 922_100_000, region: 'KR920' }, { frequencyHz: 922_100_000 }],
    ['frequency', { frequencyHz: 869_300_000, region: 'EU868' }, { frequencyHz: 869_300_000 }],
    ['no-clock', OPTIONS, { at: { kind: 'count', tmst: 5 } as const }],
    ['not-tuned', OPTIONS, { frequencyHz: 868_300_000 }],
    ['polarity', OPTIONS, { invertPolarity: true }],
    ['checksum', OPTIONS, { noCrc: true }],
    ['power', OPTIONS, { powerDbm: 13 }],
    ['length', OPTIONS, { phy: new Uint8Array(251) }],
  ])('is refused with %s, and nothing is sent', (code, options, changed) => {
    const rig = listening(options);
    rig.order(downlink('a', phy, changed));
    rig.run(5_000);
    expect(rig.outcomes).toMatchObject([{ id: 'a', kind: 'refused', code, items: [code] }]);
    expect(texts(rig.sent).some((text) => text.startsWith('AT+PSEND'))).toBe(false);
  });

  it('is refused once the hour is used up, also after the port was opened anew', () => {
    const remembered = { text: 'duty: M=35990000', agedMs: 1_000 };
    const rig = listening(OPTIONS, remembered);
    rig.order(downlink('a', phy));
    rig.run(1_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'refused', code: 'duty-cycle' }]);
    const later = listening(OPTIONS, { ...remembered, agedMs: 3_600_000 });
    later.order(downlink('a', phy));
    later.run(1_000);
    expect(later.outcomes).toMatchObject([{ kind: 'done' }]);
    expect(later.statuses.at(-1)?.keep).toMatch(/^duty: M=\d+$/);
  });

  it('that the module does not answer is refused, counted as sent, and not said twice', () => {
    const rig = start(module((line) => (line.startsWith('AT+PSEND') ? [] : undefined)));
    rig.run(10_000);
    rig.order(downlink('a', phy));
    rig.run(20_000);
    expect(rig.outcomes).toMatchObject([{ kind: 'refused', code: 'no-answer' }]);
    expect(texts(rig.sent).filter((text) => text.startsWith('AT+PSEND'))).toHaveLength(1);
    expect(rig.statuses.at(-1)?.phase).toBe('listening');
  });

  it('to restart is done once the module listens again', () => {
    const rig = listening();
    rig.order({ id: 'r' as never, kind: 'restart' });
    expect(rig.outcomes).toEqual([]);
    rig.run(10_000);
    expect(texts(rig.sent)).toContain('ATZ');
    expect(rig.outcomes).toMatchObject([{ id: 'r', kind: 'done' }]);
  });

  it('is refused while the module is not set up, or has too many', () => {
    const early = start();
    early.order(downlink('a', phy));
    expect(early.outcomes).toMatchObject([{ kind: 'refused', code: 'not-ready' }]);
    const rig = listening();
    for (let i = 0; i < 12; i += 1) rig.order(downlink(`${i}`, phy));
    rig.run(5_000);
    expect(rig.outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(9);
    expect(rig.outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(3);
  });
});

describe('the memory of the time on air', () => {
  it('comes back as it was written, and not from anything else', () => {
    const now = monoNs(5_000_000_000_000n);
    const ledger = { emissions: [{ band: 'M', start: now, airtimeUs: 61_696 }] };
    expect(readDuty({ text: writeDuty(ledger, now), agedMs: 0 }, now)).toEqual(ledger);
    expect(readDuty({ text: 'M=61696', agedMs: 0 }, now).emissions).toEqual([]);
    expect(readDuty({ text: 'duty: M=-1 =5 x', agedMs: 0 }, now).emissions).toEqual([]);
  });
});

describe('the options of a module', () => {
  it.each([
    [{}, 'options.frequencyHz'],
    [{ frequencyHz: 868.1 }, 'options.frequencyHz'],
    [{ frequencyHz: 868_100_000, spreadingFactor: 13 }, 'options.spreadingFactor'],
    [{ frequencyHz: 868_100_000, region: 'EU' }, 'options.region'],
    [{ frequencyHz: 868_100_000, publicNetwork: 1 }, 'options.publicNetwork'],
    [{ frequencyHz: 868_100_000, bandwidthHz: 120_000 }, 'options.bandwidthHz'],
    [{ frequencyHz: 868_100_000, sf: 7 }, 'options.sf'],
    [[], 'options'],
  ])('%j are refused by name', (options, where) => {
    expect(rui3Parts.check(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
