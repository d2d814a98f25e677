import { describe, expect, it } from 'vitest';
import { dialogue, modelOf, transcript } from './testing.ts';

const READY = ['ATE0', 'ATH1', 'STP33'];

const said = (...commands: readonly string[]): readonly string[] =>
  transcript(modelOf({ profile: 'stn' }), ...READY, ...commands).slice(READY.length);

const OK = 'OK\r\r>';
const UNKNOWN = '?\r\r>';

describe('an STN chip', () => {
  it('says what it is', () => {
    expect(said('ATI', 'STI', 'STDI', 'STSN', 'STMFR')).toEqual([
      expect.stringMatching(/^ELM327 v1\.4b/),
      expect.stringMatching(/^STN1110 v/),
      expect.stringMatching(/^OBDLink/),
      expect.stringMatching(/^\d{12}\r/),
      'Outpost\r\r>',
    ]);
    expect(said('STVR', 'ATRV')).toEqual([
      expect.stringMatching(/^1[34]\.\d\d\r\r>$/),
      expect.stringMatching(/^1[34]\.\dV\r\r>$/),
    ]);
  });

  it('sends one request with its own header, patience and number of replies', () => {
    const [both, one, own, none, after] = said(
      'STPX D:010D, R:2',
      'STPX H:7E0,D:010D',
      'STPX H:7E1, D:010D, T:50, R:1',
      'STPX H:7E3, D:010D, T:50',
      '010D2',
    );
    expect(both).toMatch(/^7E8 03 41 0D .. \r7E9 03 41 0D .. \r\r>$/);
    expect(one).toMatch(/^7E8 03 41 0D .. \r\r>$/);
    expect(own).toMatch(/^7E9 03 41 0D .. \r\r>$/);
    expect(none).toBe('NO DATA\r\r>');
    expect(after).toMatch(/^7E8 .*\r7E9 /);
    expect(said('STPX', 'STPXD:01G', 'STPXD:010D,Q:1', 'STPXD:010D,D:010C', 'STPXH:7E,D:010D')).toEqual(
      Array(5).fill(UNKNOWN),
    );
  });

  it('puts long answers together and cuts long requests when it is told to', () => {
    const [, joined, , bare] = said('STCSEGR1', '0902', 'ATH0', '0902');
    expect(joined).toMatch(/^7E8 49 02 01( [0-9A-F]{2}){17} \r\r>$/);
    expect(bare).toMatch(/^49 02 01( [0-9A-F]{2}){17} \r\r>$/);
    const seven = '2201020304050607';
    expect(said(seven)).toEqual([UNKNOWN]);
    expect(said('STCSEGT1', 'ATSH7E0', seven).slice(2)).toEqual([expect.stringMatching(/^7E8 03 7F 22 /)]);
  });

  it('lets through what its filters let through', () => {
    expect(said('STFAP7E9,7FF', '010D', 'STFCP', 'STFAB7E9,7FF', '010D', 'STFCB', '010D2')).toEqual([
      OK,
      expect.stringMatching(/^7E9 03 41 0D .. \r\r>$/),
      OK,
      OK,
      expect.stringMatching(/^7E8 03 41 0D .. \r\r>$/),
      OK,
      expect.stringMatching(/^7E8 .*\r7E9 /),
    ]);
  });

  it('sends flow control only to the pairs that it was given, once it was given one', () => {
    const lines = (reply: string | undefined): number => (reply ?? '').split('\r').length - 2;
    const [whole, , cut, , again, , automatic] = said(
      ...['0902', 'STCAFCP7E1,7E9', '0902', 'STCFCPA7E0,7E8', '0902', 'STCFCPC', '0902'],
    );
    expect([whole, cut, again, automatic].map(lines)).toEqual([3, 1, 3, 3]);
  });

  it('waits as many milliseconds as STPTO says', () => {
    const talk = dialogue(modelOf({ profile: 'stn' }));
    for (const command of [...READY, 'STPTO500']) talk.ask(command);
    const from = talk.nowMs();
    expect(talk.ask('01F0')).toBe('NO DATA\r\r>');
    expect(talk.nowMs() - from).toBeGreaterThan(500);
    expect(talk.nowMs() - from).toBeLessThan(510);
  });

  it('names its protocols in its own numbers', () => {
    expect(said('STPR', 'STPRS', 'STPBR250000', 'ATDPN', 'STP23', 'STPR', 'STP99')).toEqual([
      '33\r\r>',
      'ISO 15765-4 (CAN 11/500)\r\r>',
      OK,
      '8\r\r>',
      OK,
      '23\r\r>',
      UNKNOWN,
    ]);
  });

  it('goes over to another serial rate at once, up to what it can', () => {
    const talk = dialogue(modelOf({ profile: 'stn-2120' }));
    for (const command of READY) talk.ask(command);
    expect(talk.ask('STSBR 3000000')).toBe(UNKNOWN);
    expect(talk.ask('STSBR 2000000')).toBe(OK);
    expect(talk.state().baud).toBe(2_000_000);
    expect(talk.ask('STWBR')).toBe(OK);
    talk.ask('ATZ');
    expect(talk.state().baud).toBe(2_000_000);
  });
});

describe('the sleep of an STN chip', () => {
  it('comes when it is told to, and ends with a byte', () => {
    const talk = dialogue(modelOf({ profile: 'stn' }));
    talk.ask('ATE0');
    talk.type('STSLEEP\r');
    expect(talk.pass(5_000)).toBe('OK\r');
    expect(talk.state().busy).toEqual({ kind: 'asleep' });
    talk.type(' ');
    expect(talk.pass(10)).toBe('\r>');
    expect(talk.ask('STSLLT')).toBe('SLEEP: CMD\rWAKE:  UART\r\r>');
  });

  it('comes by itself when nobody speaks, and when the battery is low', () => {
    const idle = dialogue(modelOf({ profile: 'stn' }));
    for (const command of ['ATE0', 'STSLUIT60', 'STSLU on,on']) idle.ask(command);
    idle.pass(59_000);
    expect(idle.state().busy).toBeUndefined();
    idle.pass(2_000);
    expect(idle.state().busy).toEqual({ kind: 'asleep' });

    const low = dialogue(modelOf({ profile: 'stn', parked: true }));
    for (const command of ['ATE0', 'STSLVLS <13.00,5', 'STSLVL on,off']) low.ask(command);
    low.pass(4_000);
    expect(low.state().busy).toBeUndefined();
    low.pass(2_000);
    expect(low.state().busy).toEqual({ kind: 'asleep' });
    low.type('A');
    low.pass(10);
    expect(low.ask('STSLLT')).toContain('SLEEP: VL\r');
  });

  it('ends by itself when the alternator charges', () => {
    const talk = dialogue(modelOf({ profile: 'stn', parkS: 30 }));
    for (const command of ['ATE0', 'STSLVLW >13.20,1', 'STSLVL off,on']) talk.ask(command);
    talk.type('STSLEEP\r');
    talk.pass(25_000);
    expect(talk.state().busy).toEqual({ kind: 'asleep' });
    expect(talk.pass(15_000)).toContain('>');
    expect(talk.ask('STSLLT')).toContain('WAKE:  VL\r');
  });
});
