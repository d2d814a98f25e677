import { describe, expect, it } from 'vitest';
import { PROFILE_NAMES, type ProfileName } from './profile.ts';
import { dialogue, modelOf, transcript } from './testing.ts';

const READY = ['ATE0', 'ATH1', 'ATSP6'];

const said = (profile: ProfileName, ...commands: readonly string[]): readonly string[] =>
  transcript(modelOf({ profile }), ...READY, ...commands).slice(READY.length);

/** Mean milliseconds of a request, as a program waits for it that sends the next at once. */
const meanMs = (profile: ProfileName, request: string, prepare: readonly string[] = []): number => {
  const talk = dialogue(modelOf({ profile }));
  for (const command of [...READY, ...prepare]) talk.ask(command);
  talk.ask(request);
  const from = talk.nowMs();
  for (let i = 0; i < 20; i += 1) talk.ask(request);
  return (talk.nowMs() - from) / 20;
};

const UNKNOWN = '?\r\r>';

describe('each make of dongle', () => {
  it.each(PROFILE_NAMES)('%s says in all its names that it is simulated', (profile) => {
    const [reset, , banner, description] = transcript(modelOf({ profile }), 'ATZ', 'ATE0', 'ATI', 'AT@1');
    for (const text of [reset, banner, description]) expect(text).toContain('Outpost simulator');
  });

  it.each(PROFILE_NAMES)('%s is the same one for the same seed', (profile) => {
    const run = (): string => {
      const talk = dialogue(modelOf({ profile, seed: 7 }));
      return JSON.stringify([[...READY, '0100', '010C0D', '0902'].map(talk.ask), talk.nowMs()]);
    };
    expect(run()).toBe(run());
  });

  it('takes the time that its chip, its line and the control unit need', () => {
    const paces = Object.fromEntries(PROFILE_NAMES.map((name) => [name, meanMs(name, '010C1')]));
    // The engine thinks 12 ms; at 38,400 baud command and reply of 26 bytes take 9 ms, at 115,200 three.
    expect(paces['genuine']).toBeGreaterThan(20);
    expect(paces['genuine']).toBeLessThan(27);
    expect(paces['stn']).toBeLessThan(18);
    expect(paces['stn-2120']).toBeLessThan(paces['stn']!);
    expect(paces['clone']).toBeGreaterThan(60);
    expect(paces['clone-2.1']).toBeGreaterThan(40);
    expect(paces['clone-fast']).toBeLessThan(25);
    expect(paces['wican']).toBeGreaterThan(15);
  });

  it('waits for more answers as long as ATST and ATAT say, but for those that do not listen to them', () => {
    const patient = (name: ProfileName): number => meanMs(name, '010C', ['ATAT0', 'ATST64']);
    const brisk = (name: ProfileName): number => meanMs(name, '010C', ['ATAT0', 'ATST10']);
    for (const name of ['genuine', 'stn', 'clone-2.1', 'wican'] as const) {
      expect(patient(name) - brisk(name), name).toBeGreaterThan(280);
    }
    expect(Math.abs(patient('clone') - brisk('clone'))).toBeLessThan(40);
    expect(meanMs('genuine', '010C', ['ATAT2'])).toBeLessThan(meanMs('genuine', '010C', ['ATAT1']));
    expect(meanMs('genuine', '010C', ['ATAT1'])).toBeLessThan(meanMs('genuine', '010C', ['ATAT0']) - 80);
  });
});

describe('the genuine ELM327', () => {
  it('answers six parameters at once, each control unit with those that it has', () => {
    const [reply] = said('genuine', '01040C0D111F42');
    expect(reply).toMatch(/^7E8 10 10 41 04 /);
    expect(reply).toContain('7E9 10 09 41 0D ');
    expect(said('genuine', '01040C0D111F4243')).toEqual([UNKNOWN]);
  });

  it('knows less in its older version', () => {
    const newer = ['ATCTM5', 'ATCER10', 'ATFT'];
    expect(said('genuine', ...newer)).toEqual(newer.map(() => 'OK\r\r>'));
    expect(said('genuine-1.4', ...newer)).toEqual(newer.map(() => UNKNOWN));
    expect(said('genuine-1.4', 'ATIGN', 'ATD1', 'ATCSM1')).not.toContain(UNKNOWN);
  });
});

describe('the clones', () => {
  it('v1.5 has no silent mode, no flow control of ours and no printing without spaces', () => {
    const absent = ['ATCSM0', 'ATFCSD300000', 'ATFCSM1', 'ATS0', 'ATIGN', 'ATBRD23'];
    expect(said('clone', ...absent)).toEqual(absent.map(() => UNKNOWN));
    expect(said('clone', 'STI', 'ATAT2', 'ATSTFF')).toEqual([UNKNOWN, 'OK\r\r>', 'OK\r\r>']);
  });

  it('v1.5 says nothing any more after ATTPA0, until it is unplugged', () => {
    const talk = dialogue(
      modelOf({ profile: 'clone', faults: [{ atMs: 60_000, what: 'unplug', forMs: 10 }] }),
    );
    expect(talk.ask('ATTPA0')).toBe('ATTPA0\r');
    expect(talk.ask('ATZ')).toBe('');
    talk.pass(60_020 - talk.nowMs());
    expect(talk.ask('ATI')).toContain('v1.5');
  });

  it('v2.1 measures no voltage, refuses more than seven bytes, and runs lines together now and then', () => {
    expect(said('clone-2.1', 'ATRV', 'ATCAF0', '02010D00000000', '02010D0000000000')).toEqual([
      '0.0V\r\r>',
      'OK\r\r>',
      expect.stringMatching(/^7E8 03 41 0D/),
      UNKNOWN,
    ]);
    const talk = dialogue(modelOf({ profile: 'clone-2.1' }));
    for (const command of READY) talk.ask(command);
    const replies = Array.from({ length: 200 }, () => talk.ask('010D'));
    const glued = replies.filter((reply) => !reply.endsWith('\r\r>'));
    expect(glued.length).toBeGreaterThan(2);
    expect(glued.length).toBeLessThan(20);
    expect(glued[0]).toMatch(/^7E8 03 41 0D .. 7E9 03 41 0D .. >$/);
  });

  it('v2.1 is late with its prompt more often than the others', () => {
    const late = (profile: ProfileName): number => {
      const talk = dialogue(modelOf({ profile }));
      for (const command of READY) talk.ask(command);
      const times = Array.from({ length: 200 }, () => {
        const from = talk.nowMs();
        talk.ask('010D1');
        return talk.nowMs() - from;
      });
      return times.filter((ms) => ms > 110).length;
    };
    expect(late('clone-2.1')).toBeGreaterThan(late('clone'));
    expect(late('clone-fast')).toBe(0);
  });

  it('the fast one loses flow control, so that long answers often stop after their first frame', () => {
    const talk = dialogue(modelOf({ profile: 'clone-fast' }));
    for (const command of READY) talk.ask(command);
    const whole = Array.from({ length: 100 }, () => talk.ask('0902')).filter((reply) =>
      reply.includes('7E8 22'),
    );
    expect(whole.length).toBeGreaterThan(30);
    expect(whole.length).toBeLessThan(70);
    expect(talk.ask('ATFCSM0')).toBe('OK\r\r>');
  });
});

describe('a WiCAN that plays an ELM327', () => {
  it('calls itself something else at each question', () => {
    const [reset, , banner, description] = transcript(
      modelOf({ profile: 'wican' }),
      ...['ATZ', 'ATE0', 'ATI', 'AT@1'],
    );
    expect(banner).toMatch(/^OBDLink MX/);
    for (const text of [reset, description]) expect(text).toContain('ELM327 v1.3a');
    expect(said('wican', 'STI', 'STDI')).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('does not number the lines of long answers and knows no wildcards', () => {
    const [, reply] = said('wican', 'ATH0', '0902');
    expect(reply).toMatch(/^10 14 49 02 01 5A 5A 5A \r21 .*\r22 .*\r\r>$/);
    expect(said('wican', 'ATCRA7EX', 'ATCRA7E8')).toEqual([UNKNOWN, 'OK\r\r>']);
  });

  it('speaks CAN alone, and says so in the words of older buses', () => {
    expect(said('wican', 'ATSP1', '010D', 'ATSP3', '010D', 'ATSPA')).toEqual([
      'OK\r\r>',
      'NO DATA\r\r>',
      'OK\r\r>',
      'BUS INIT: ...ERROR\r\r>',
      UNKNOWN,
    ]);
  });

  it('asks for ten milliseconds between the frames of a long answer', () => {
    const long = meanMs('wican', '09023') - meanMs('wican', '09021');
    expect(long).toBeGreaterThan(8);
    expect(long).toBeLessThan(16);
  });
});
