import { describe, expect, it } from 'vitest';
import { dialogue, modelOf, transcript } from './elm327/testing.ts';
import type { DongleModel } from './elm327.ts';

const READY = ['ATE0', 'ATS1', 'ATH1', 'ATSP6'];
const said = (model: DongleModel, ...commands: readonly string[]): readonly string[] =>
  transcript(model, ...READY, ...commands).slice(READY.length);

describe('the simulated ELM327 about itself', () => {
  it('names itself a simulator in every answer that says who it is', () => {
    for (const profile of ['genuine', 'clone'] as const) {
      const [reset, , banner, description] = transcript(modelOf({ profile }), 'ATZ', 'ATE0', 'ATI', 'AT@1');
      for (const text of [reset, banner, description]) expect(text).toContain('Outpost simulator');
    }
    expect(transcript(modelOf({ profile: 'clone' }), 'ATI')[0]).toContain('ELM327 v1.5');
  });

  it('echoes until it is told not to, and adds line feeds when it is told to', () => {
    expect(transcript(modelOf(), 'ATE0', 'ATL0', 'AT L 1', 'ATRV')).toEqual([
      'ATE0\rOK\r\r>',
      'OK\r\r>',
      'OK\r\n\r\n>',
      expect.stringMatching(/^1[34]\.\dV\r\n\r\n>$/),
    ]);
  });

  it('answers ? to what it does not know, and the clone does not know more', () => {
    const unknown = ['ATXYZ', 'STI', '01G0', 'ATSPD', 'ATSH12'];
    expect(said(modelOf(), ...unknown)).toEqual(unknown.map(() => '?\r\r>'));
    expect(said(modelOf(), 'ATFCSM0', 'ATIGN', 'ATD1')).toEqual(['OK\r\r>', 'ON\r\r>', 'OK\r\r>']);
    expect(said(modelOf({ profile: 'clone' }), 'ATFCSM0', 'ATIGN', 'ATD1')).toEqual(Array(3).fill('?\r\r>'));
  });

  it('forgets its settings with a reset, a warm start and the loss of its supply', () => {
    for (const forget of ['ATZ', 'ATWS']) expect(said(modelOf(), forget, 'ATI')[1]).toMatch(/^ATI\r/);
    const faults = [{ atMs: 7_000, what: 'lv-reset' }];
    const talk = dialogue(modelOf({ faults }));
    talk.ask('ATE0');
    expect(talk.pass(7_100)).toBe('LV RESET\r\r>');
    expect(talk.ask('ATI')).toMatch(/^ATI\rELM327/);
  });

  it('repeats the last command at a bare carriage return', () => {
    const [first, again] = said(modelOf(), 'ATI', '');
    expect(again).toBe(first);
  });

  it('gives an unfinished line up after twenty seconds', () => {
    const talk = dialogue(modelOf());
    talk.ask('ATE0');
    talk.type('010');
    expect(talk.pass(19_000)).toBe('');
    expect(talk.pass(2_000)).toBe('?\r\r>');
  });

  it('sleeps at ATLP without a prompt until a byte comes', () => {
    const talk = dialogue(modelOf());
    talk.ask('ATE0');
    talk.type('ATLP\r');
    expect(talk.pass(60_000)).toBe('OK\r');
    talk.type(' ');
    expect(talk.pass(1)).toBe('\r>');
    expect(talk.ask('ATI')).toContain('Outpost simulator');
  });
});

describe('the simulated ELM327 towards the car', () => {
  it('searches at the first request and then knows the protocol', () => {
    const [, none, search, number, name] = transcript(modelOf(), 'ATE0', 'ATDPN', '0100', 'ATDPN', 'ATDP');
    expect(none).toBe('A0\r\r>');
    expect(search).toMatch(/^SEARCHING\.\.\.\r41 00 [0-9A-F ]+\r41 00 [0-9A-F ]+\r\r>$/);
    expect([number, name]).toEqual(['A6\r\r>', 'AUTO, ISO 15765-4 (CAN 11/500)\r\r>']);
  });

  it('shows headers of 11 and of 29 bits, with and without spaces and length', () => {
    expect(said(modelOf(), '010D1')[0]).toBe('7E8 03 41 0D 00 \r\r>');
    expect(said(modelOf(), 'ATS0', '010D1')[1]).toBe('7E803410D00\r\r>');
    expect(said(modelOf(), 'ATD1', '010D1')[1]).toBe('7E8 8 03 41 0D 00 \r\r>');
    const long = modelOf({ protocol: '7' });
    expect(said(long, 'ATSP7', '010D1')[1]).toBe('18 DA F1 10 03 41 0D 00 \r\r>');
    expect(said(long, 'ATSP7', 'ATS0', '010D1')[2]).toBe('18DAF11003410D00\r\r>');
    expect(said(modelOf({ profile: 'clone' }), '010D1')[0]).toBe('7E8 03 41 0D 00 AA AA AA AA \r\r>');
  });

  it('lets both control units answer, and one when the header or the filter says so', () => {
    const [both, engine, filtered] = said(modelOf(), '010D', 'ATSH7E0', '010D').filter(
      (text) => text !== 'OK\r\r>',
    );
    expect(both).toBe('7E8 03 41 0D 00 \r7E9 03 41 0D 00 \r\r>');
    expect(engine).toBe('7E8 03 41 0D 00 \r\r>');
    expect(filtered).toBeUndefined();
    expect(said(modelOf(), 'ATCRA7E9', '010D', 'ATCRA', '010D1')).toEqual([
      'OK\r\r>',
      '7E9 03 41 0D 00 \r\r>',
      'OK\r\r>',
      '7E8 03 41 0D 00 \r\r>',
    ]);
    expect(said(modelOf(), 'ATSH7E0', '2212AB')[1]).toBe('7E8 03 7F 22 31 \r\r>');
  });

  it('prints long answers as raw frames with headers and as numbered lines without', () => {
    const [headers] = said(modelOf(), '0902');
    expect(headers).toMatch(
      /^7E8 10 14 49 02 01 5A 5A 5A \r7E8 21( [0-9A-F]{2}){7} \r7E8 22( [0-9A-F]{2}){7} \r\r>$/,
    );
    const [, bare] = said(modelOf(), 'ATH0', '0902');
    expect(bare).toMatch(/^014\r0: 49 02 01 5A 5A 5A \r1:( [0-9A-F]{2}){7} \r2:( [0-9A-F]{2}){7} \r\r>$/);
    expect(said(modelOf(), '09021')[0]).toMatch(/^7E8 10 14 49 02 01 5A 5A 5A \r\r>$/);
    expect(said(modelOf(), 'ATCFC0', '0902')[1]).toBe(`${headers!.split('\r')[0]}\r\r>`);
  });

  it('asks six parameters at once', () => {
    const [reply] = said(modelOf(), '01040C0D111F42');
    expect(reply).toMatch(/^7E8 10 10 41 04 /);
    expect(reply).toContain('7E9 10 09 41 0D ');
  });

  it('says NO DATA, CAN ERROR, BUS INIT: ...ERROR or UNABLE TO CONNECT, each for its own reason', () => {
    expect(said(modelOf(), '01F0')).toEqual(['NO DATA\r\r>']);
    expect(said(modelOf(), 'ATSP7', '010D')[1]).toBe('NO DATA\r\r>');
    expect(said(modelOf(), 'ATSP8', '010D')[1]).toBe('CAN ERROR\r\r>');
    expect(said(modelOf(), 'ATSP3', '010D')[1]).toBe('BUS INIT: ...ERROR\r\r>');
    expect(said(modelOf({ parked: true }), '010D', 'ATSP0', '010D', 'ATRV', 'ATIGN')).toEqual([
      'CAN ERROR\r\r>',
      'OK\r\r>',
      'SEARCHING...\rUNABLE TO CONNECT\r\r>',
      '12.6V\r\r>',
      'OFF\r\r>',
    ]);
  });

  it('sends only the control bytes it is given while formatting is off', () => {
    const [, missing, given, long] = said(modelOf(), 'ATCAF0', '0D', '02010D1', '020902');
    expect(missing).toBe('NO DATA\r\r>');
    expect(given).toBe('7E8 03 41 0D 00 AA AA AA AA \r\r>');
    expect(long).toMatch(/^7E8 10 14 49 02 01 5A 5A 5A \r\r>$/);
  });
});

describe('the simulated ELM327 and time', () => {
  it('stops at any byte while it works with the car, and loses that byte', () => {
    const talk = dialogue(modelOf());
    for (const command of READY) talk.ask(command);
    talk.type('010D\r');
    talk.type('y');
    expect(talk.pass(1_000)).toBe('STOPPED\r\r>');
    expect(talk.ask('010D1')).toMatch(/^7E8 03 41 0D /);
  });

  it('takes a nudge that interrupts nothing for the first letter of the next command', () => {
    const talk = dialogue(modelOf());
    for (const command of READY) talk.ask(command);
    talk.type('y');
    expect(talk.pass(1_000)).toBe('');
    expect([talk.ask('ATI'), talk.ask('ATI')]).toEqual(['?\r\r>', expect.stringContaining('ELM327')]);
  });

  it('answers in the time that its control units and its serial line take', () => {
    const took = (commands: readonly string[], profile: 'genuine' | 'clone' = 'genuine'): number => {
      const talk = dialogue(modelOf({ profile }));
      for (const command of [...READY, 'ATAT0', 'ATST32']) talk.ask(command);
      const before = talk.nowMs();
      for (const command of commands) talk.ask(command);
      return talk.nowMs() - before;
    };
    const counted = took(['010D1']);
    expect(counted).toBeGreaterThan(12);
    expect(counted).toBeLessThan(35);
    expect(took(['010D'])).toBeGreaterThan(200);
    expect(took(Array<string>(20).fill('010D1'), 'clone') / 20).toBeGreaterThan(60);
    expect(took(Array<string>(20).fill('010D'), 'clone') / 20).toBeLessThan(260);
  });

  it('gives the same bytes at the same times for the same seed, and others for another', () => {
    const run = (seed: number): string => {
      const talk = dialogue(modelOf({ seed, profile: 'clone' }));
      const out = ['ATZ', 'ATE0', 'ATH1', '0100', '010C', '010C', '0902'].map((command) => talk.ask(command));
      return JSON.stringify([out, talk.nowMs()]);
    };
    expect(run(3)).toBe(run(3));
    expect(run(4)).not.toBe(run(3));
  });

  it('moves its car with the time, faster when it is told to', () => {
    const talk = dialogue(modelOf({ speedUp: 20 }));
    for (const command of READY) talk.ask(command);
    talk.pass(60_000);
    const runTime = /41 1F ([0-9A-F]{2}) ([0-9A-F]{2})/.exec(talk.ask('011F1'))!;
    const seconds = Number.parseInt(runTime[1]! + runTime[2]!, 16);
    expect(seconds).toBeGreaterThan(1_190);
    expect(seconds).toBeLessThan(1_230);
  });

  it('loses commands that come faster than its queue holds, and counts them', () => {
    const talk = dialogue(modelOf());
    talk.type('ATI\r'.repeat(2_000));
    expect(talk.state().queue.length).toBeLessThanOrEqual(512);
    expect(talk.state().tally.bytesLost).toBeGreaterThan(0);
    talk.pass(60_000);
    expect(talk.ask('ATE0')).toContain('OK');
  });
});
