import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { noProfileFile } from '../../obd/profile-reader.ts';
import { createRig, type Rig } from '../../testing/rig.ts';
import { slcanCodec } from './codec.ts';
import { checkOptions } from './options.ts';
import { GOOD_ANSWERS, GOOD_UNIT, lineOf, type Play, playAdapter } from './play-adapter.ts';
import { redecode } from './redecode.ts';
import { slcanSession } from './session.ts';

const BEL = '\u0007';

const GOOD: Play = { rate: 6, extended: false, units: [GOOD_UNIT] };

const run = (play: Play, ms: number, options: unknown = {}): Rig => {
  const noFile = () => {
    throw new Error('no file is read here');
  };
  const checked = checkOptions(options, noFile, noProfileFile);
  if (!checked.ok) throw new Error(checked.fault.words);
  const rig = createRig(slcanCodec, slcanSession(checked.value), playAdapter(play));
  rig.run(ms);
  return rig;
};

const sentOf = ({ sent }: Rig): readonly string[] => sent.map((bytes) => asciiText(bytes).replace('\r', ''));

const textsOf = ({ said }: Rig): readonly string[] =>
  said.map(({ body }) => {
    if (body.kind === 'number') return `${body.signal}=${body.mantissa}`;
    if (body.kind === 'identity') return `${body.of} ${body.text}`;
    return body.kind === 'codes' ? `${body.status} ${body.codes.join()}` : body.kind;
  });

const phases = ({ statuses }: Rig): readonly string[] => [...new Set(statuses.map(({ phase }) => phase))];

const lastFacts = ({ statuses }: Rig): Readonly<Record<string, unknown>> => statuses.at(-1)?.facts ?? {};

describe('the dialogue with an SLCAN adapter', () => {
  it('sets it up, listens, asks, and reads everything that the car offers', () => {
    const rig = run(GOOD, 20_000);
    expect(sentOf(rig).slice(0, 15)).toEqual([
      '',
      '',
      'C',
      'N',
      'V',
      'Z0',
      'C',
      'S6',
      'L',
      'F',
      'C',
      'S6',
      'O',
      't7DF8020100555555555555'.slice(0, 21),
      't7DF8020100555555555555'.slice(0, 21),
    ]);
    const texts = new Set(textsOf(rig));
    for (const text of ['5=80', '2=172600', '1=50', 'vin 1D4GP00R55B123456', 'stored ', 'adapter V1013']) {
      expect(texts).toContain(text);
    }
    expect(phases(rig)).toEqual(['probing', 'searching', 'discovering', 'polling']);
    expect(rig.statuses.at(-1)?.words).toContain('CAN 11 bit 500 kbit/s');
    expect(rig.undecided).toBe(0);
  });

  it('signs the lines of the frames as they came, from which the same can be read again', () => {
    const rig = run(GOOD, 20_000);
    const vin = rig.said.find(({ body }) => body.kind === 'identity' && body.of === 'vin');
    expect(asciiText(vin!.raw)).toBe('t7E881014490201314434\rt7E882147503030523535\rt7E882242313233343536');
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('answers the first frame of a long message at once, to the unit that sent it', () => {
    const sent = sentOf(run(GOOD, 5_000));
    const asked = sent.indexOf('t7DF8020902555555555555'.slice(0, 21));
    expect(sent[asked + 1]).toBe('t7E08300000AAAAAAAAAA');
  });

  it('finds a bus of 250 kbit/s with long identifiers, and says nothing at the wrong rate that flags disprove', () => {
    const unit = { from: 0x18daf110, answers: GOOD_ANSWERS };
    const rig = run({ rate: 5, extended: true, units: [unit] }, 20_000);
    const sent = sentOf(rig);
    expect(new Set(textsOf(rig))).toContain('vin 1D4GP00R55B123456');
    const before = sent.slice(0, sent.indexOf('S5'));
    expect(before.some((text) => /^[tT]/.test(text))).toBe(false);
    expect(sent).toContain('T18DA10F18300000AAAAAAAAAA');
    expect(lastFacts(rig)).toMatchObject({ bitRateKbps: 250, identifierBits: 29 });
  });

  it('hears by the traffic that a rate is right, and tells how full the bus is', () => {
    const rig = run({ ...GOOD, broadcast: [lineOf(0x123, '1122334455667788')] }, 5_000);
    expect(sentOf(rig)).not.toContain('F');
    expect(lastFacts(rig)).toMatchObject({ busLoadPercent: expect.any(Number) });
    expect(rig.fates.filter((fate) => fate.kind === 'dropped').length).toBeGreaterThan(5);
  });

  it.each([
    ['does not know how to listen', { L: BEL }],
    ['does not tell its version or number', { V: BEL, N: BEL }],
    ['does not answer an empty line', { '': '' }],
    ['has no flags', { F: BEL }],
  ])('goes on with an adapter that %s', (_, quirks: Readonly<Record<string, string>>) => {
    const rig = run({ ...GOOD, quirks }, 30_000, { poll: [{ pid: '0D', everyMs: 500 }] });
    expect(new Set(textsOf(rig))).toContain('1=50');
  });

  it('goes on with an adapter that obeys and never says so', () => {
    const rig = run({ ...GOOD, mute: true }, 30_000, { poll: [{ pid: '0D', everyMs: 500 }] });
    expect(new Set(textsOf(rig))).toContain('1=50');
  });

  it('finds the bus again after the adapter was reset and its channel is closed', () => {
    const good = playAdapter(GOOD);
    const rig = createRig(slcanCodec, slcanSession(defaults()), good);
    rig.run(5_000);
    const before = rig.said.length;
    good(slcanCodec.command.encode({ kind: 'close' }), rig.now);
    rig.run(5_000);
    expect(rig.said.length).toBeGreaterThan(before);
    expect(rig.statuses.at(-1)?.phase).toBe('polling');
  });

  it('gives up an adapter that says nothing', () => {
    const rig = createRig(slcanCodec, slcanSession(defaults()), () => []);
    rig.run(60_000);
    expect(rig.reopen).toMatchObject({ kind: 'unreachable', code: 'slcan.silent' });
  });

  const defaults = () => {
    const checked = checkOptions(undefined, () => ({ ok: true, value: '' }), noProfileFile);
    if (!checked.ok) throw new Error(checked.fault.words);
    return checked.value;
  };
});

describe('a reply over SLCAN', () => {
  const speeds = (answers: Readonly<Record<string, string | readonly string[]>>, ms = 20_000): Rig =>
    run({ ...GOOD, units: [{ from: 0x7e8, answers: { ...GOOD_ANSWERS, ...answers } }] }, ms, {
      poll: [{ pid: '0D', everyMs: 500 }],
    });

  it('waits for a control unit that asks for patience', () => {
    const rig = speeds({ '010d': ['037f0178aaaaaaaa', '03410d32aaaaaaaa'] });
    expect(new Set(textsOf(rig))).toContain('1=50');
  });

  it.each([
    ['whose long answer misses a frame', { '0902': ['1014490201314434', '2242313233343536'] }],
    [
      'whose long answer has a frame twice',
      { '0902': ['1014490201314434', '2147503030523535', '2147503030523535'] },
    ],
    ['that ends in the middle', { '0902': ['1014490201314434'] }],
    ['that answers another question', { '0902': ['0341051234567812'] }],
  ])('%s is kept aside as a whole, and the others are read', (_, answers) => {
    const rig = speeds(answers, 30_000);
    const texts = new Set(textsOf(rig));
    expect(texts).toContain('1=50');
    expect([...texts].some((text) => text.startsWith('vin'))).toBe(false);
    const quarantined = rig.fates.filter((fate) => fate.kind === 'quarantined');
    expect(quarantined.length).toBeGreaterThan(0);
    expect(rig.undecided).toBe(0);
  });

  it('in which a frame came with another first letter is kept aside, and read when it is asked for again', () => {
    const good = playAdapter(GOOD);
    let spoiled = 0;
    const rig = createRig(slcanCodec, slcanSession(optionsOf({})), (bytes, now) =>
      good(bytes, now).map((sent) => {
        if (spoiled > 0 || !asciiText(sent.bytes).startsWith('t7E8803410D')) return sent;
        spoiled += 1;
        return { ...sent, bytes: asciiBytes(asciiText(sent.bytes).replace('t', 'V')) };
      }),
    );
    rig.run(20_000);
    expect(spoiled).toBe(1);
    const quarantined = rig.fates.filter((fate) => fate.kind === 'quarantined');
    expect(quarantined.map(({ raw }) => asciiText(raw))).toEqual(['V7E8803410D32AAAAAAAA']);
    expect(new Set(textsOf(rig))).toContain('1=50');
  });

  it('of two control units is put together from frames that interleave', () => {
    const second = {
      from: 0x7e9,
      answers: { '0100': '410000180000', '010d': '410d33', '03': '4300', '07': '4700', '0a': '4a00' },
    };
    const rig = run({ ...GOOD, units: [GOOD_UNIT, second] }, 20_000);
    expect(new Set(textsOf(rig))).toContain('1=51');
    expect(lastFacts(rig)).toMatchObject({ controlUnits: '7E8 7E9' });
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('that nobody gives leads to a bus that is only listened to, until it wakes up', () => {
    let awake = true;
    const good = playAdapter(GOOD);
    const rig = createRig(slcanCodec, slcanSession(optionsOf({})), (bytes, now) =>
      awake || !/^[tT]/.test(asciiText(bytes)) ? good(bytes, now) : [],
    );
    rig.run(10_000);
    awake = false;
    rig.run(120_000);
    expect(phases(rig)).toContain('car-absent');
    const before = rig.sent.length;
    rig.run(600_000);
    const asked = sentOf(rig)
      .slice(before)
      .filter((text) => /^[tT]/.test(text));
    expect(asked.length).toBeLessThanOrEqual(2);
    awake = true;
    rig.receive(
      slcanCodec.event.encode({
        kind: 'frame',
        frame: { id: 0x1, extended: false, rtr: false, dlc: 0, data: new Uint8Array(0) },
        timestampMs: undefined,
      }),
    );
    rig.run(3_000);
    expect(rig.statuses.at(-1)?.phase).toBe('polling');
  });

  const optionsOf = (options: unknown) => {
    const checked = checkOptions(options, () => ({ ok: true, value: '' }), noProfileFile);
    if (!checked.ok) throw new Error(checked.fault.words);
    return checked.value;
  };
});
