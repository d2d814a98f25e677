import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { newDongle, stepDongle } from '../../elm327.ts';
import { dialogue, modelOf, transcript } from '../testing.ts';

const READY = ['ATE0', 'ATH1', 'ATSP6'];
const OK = 'OK\r\r>';
const UNKNOWN = '?\r\r>';

const said = (...commands: readonly string[]): readonly string[] =>
  transcript(modelOf(), ...READY, ...commands).slice(READY.length);

const lines = (reply: string | undefined): number => (reply ?? '').split('\r').length - 2;

describe('flow control of our own', () => {
  it('is refused until header and bytes are set', () => {
    expect(said('ATFCSM1', 'ATFCSM2', 'ATFCSD300000', 'ATFCSM1', 'ATFCSM2', 'ATFCSH7E0', 'ATFCSM1')).toEqual([
      ...[UNKNOWN, UNKNOWN, OK, UNKNOWN, OK, OK, OK],
    ]);
  });

  it('reaches only the control unit that it is addressed to', () => {
    const own = (header: string): readonly string[] => [`ATFCSH${header}`, 'ATFCSD300000', 'ATFCSM1', '0902'];
    expect(lines(said(...own('7E0')).at(-1))).toBe(3);
    expect(lines(said(...own('7E1')).at(-1))).toBe(1);
  });

  it('lets the unit go on only when it says so, at the pace that it asks for', () => {
    const replies = (bytes: string): string | undefined =>
      said(`ATFCSD${bytes}`, 'ATFCSM2', 'ATSTFF', '0902').at(-1);
    expect(lines(replies('320000'))).toBe(1);
    expect(lines(replies('300000'))).toBe(3);
    const took = (bytes: string): number => {
      const talk = dialogue(modelOf());
      for (const command of [...READY, `ATFCSD${bytes}`, 'ATFCSM2']) talk.ask(command);
      const from = talk.nowMs();
      talk.ask('09023');
      return talk.nowMs() - from;
    };
    expect(took('300032') - took('300000')).toBeGreaterThan(30);
    expect(took('300100')).toBeGreaterThan(took('300000') - 1);
  });
});

describe('memory of the chip', () => {
  it('keeps the protocol that SP chose over a reset, and not the one that TP tried', () => {
    expect(said('ATSP7', 'ATZ', 'ATE0', 'ATDPN').at(-1)).toBe('7\r\r>');
    expect(said('ATTP8', 'ATZ', 'ATE0', 'ATDPN').at(-1)).toBe('6\r\r>');
  });

  it('begins the next search with what it found, unless it is not to remember', () => {
    const again = (first: string): string =>
      transcript(modelOf(), 'ATE0', first, 'ATSP0', '0100', 'ATZ', 'ATE0', '010D1').at(-1)!;
    expect(again('ATM1')).toMatch(/^41 0D/);
    expect(again('ATM0')).toMatch(/^SEARCHING/);
  });

  it('puts programmable parameters into force after a reset', () => {
    expect(said('ATPP09SVFF', 'ATZ', 'ATI').at(-1)).toMatch(/^ATI\r/);
    expect(said('ATPP09SVFF', 'ATPP09ON', 'ATZ', 'ATI').at(-1)).toMatch(/^ELM327/);
    expect(said('ATPP09SVFF', 'ATPP09ON', 'ATPPFFOFF', 'ATZ', 'ATI').at(-1)).toMatch(/^ATI\r/);
    const list = said('ATPP03SV19', 'ATPP03ON', 'ATPPS').at(-1)!;
    expect(list).toMatch(/^00:FF F {2}01:FF F {2}02:FF F {2}03:19 N\r/);
    expect(lines(list)).toBe(12);
    expect(said('ATPP30SV00', 'ATPP30ON')).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('keeps a byte, a name of one’s own and the calibration of its voltmeter', () => {
    const [, byte, , , name, again, , volts] = said(
      ...['ATSD5A', 'ATRD', 'ATZ', 'AT@3GATEWAY00001', 'AT@2', 'AT@3GATEWAY00002', 'ATCV1234', 'ATRV'],
    );
    expect(byte).toBe('5A\r\r>');
    expect(name).toContain('GATEWAY00001');
    expect(again).toContain('?');
    expect(volts).toContain('12.3V');
  });
});

describe('a new serial rate', () => {
  it('is on trial until a carriage return comes', () => {
    const talk = dialogue(modelOf());
    talk.ask('ATE0');
    talk.type('ATBRD23\r');
    expect(talk.pass(60)).toMatch(/^OK\rELM327 v2\.2 Outpost simulator\r$/);
    talk.type('\r');
    expect(talk.pass(20)).toBe('OK\r\r>');
    expect(talk.state().baud).toBe(114_286);
    expect(talk.ask('ATI')).toContain('ELM327');
    talk.ask('ATZ');
    expect(talk.state().baud).toBe(38_400);
  });

  it('is garbage to a program that does not follow, and is then taken back', () => {
    const model = modelOf();
    let state = stepDongle(model, newDongle(model), { kind: 'line-rate', baud: 38_400 }, 0).state;
    let said = '';
    for (let ms = 1; ms < 400; ms += 1) {
      const bytes = asciiBytes(ms === 10 ? 'ATE0\r' : ms === 100 ? 'ATBRD08\r' : '');
      const input = bytes.length > 0 ? ({ kind: 'bytes', bytes } as const) : ({ kind: 'time' } as const);
      const step = stepDongle(model, state, input, ms);
      state = step.state;
      said += asciiText(step.bytes);
    }
    expect(said).toMatch(/OK\r\r>OK\r/);
    expect(said).not.toContain('ELM327');
    expect(state.baud).toBe(38_400);
  });

  it('is given up when nobody answers', () => {
    const talk = dialogue(modelOf());
    for (const command of ['ATE0', 'ATBRT28']) talk.ask(command);
    talk.type('ATBRD08\r');
    talk.pass(150);
    expect(talk.state().baud).toBe(500_000);
    expect(talk.pass(100)).toBe('\r>');
    expect(talk.state().baud).toBe(38_400);
  });
});

describe('other settings', () => {
  it('asks nobody with an address byte, waits for nobody with R0, for longer with CTM5', () => {
    expect(said('ATCEA10', '010D', 'ATCEA', '010D1')[1]).toBe('NO DATA\r\r>');
    expect(said('ATR0', '010D')[1]).toBe('\r>');
    const talk = dialogue(modelOf());
    for (const command of [...READY, 'ATCTM5', 'ATST19']) talk.ask(command);
    const from = talk.nowMs();
    talk.ask('01F0');
    expect(talk.nowMs() - from).toBeGreaterThan(500);
  });

  it('puts the priority before a short header of a long identifier', () => {
    const model = modelOf({ protocol: '7' });
    const asked = (...how: readonly string[]): string =>
      transcript(model, 'ATE0', 'ATH1', 'ATSP7', ...how, '010D1').at(-1)!;
    expect(asked('ATSHDA10F1')).toMatch(/^18 DA F1 10 03 41 0D/);
    expect(asked('ATCP10', 'ATSHDA10F1')).toBe('NO DATA\r\r>');
    expect(asked('ATSH18DA18F1')).toMatch(/^18 DA F1 18 03 41 0D/);
  });
});
