import { describe, expect, it } from 'vitest';
import { dialogue, modelOf, transcript } from './testing.ts';

const READY = ['ATE0', 'ATH1', 'ATSP6'];

describe('the simulated dongle in other cars', () => {
  it('asks a traction battery in person for its charge', () => {
    const said = transcript(
      modelOf({ vehicle: 'electric' }),
      ...[...READY, 'ATSH7E4', 'ATCRA7EC', 'ATST64', '220101', '220105'],
    ).slice(-2);
    for (const reply of said) expect(reply).toMatch(/^(7EC 03 7F 22 78 \r)*7EC 10 .. 62 01 /);
  });

  it('hears an answer put off by the control unit itself, now and then, and then the answer', () => {
    const talk = dialogue(modelOf({ vehicle: 'electric' }));
    for (const command of [...READY, 'ATSH7E4', 'ATCRA7EC', 'ATSTFF']) talk.ask(command);
    const replies = Array.from({ length: 150 }, () => talk.ask('220101'));
    const putOff = replies.filter((reply) => reply.startsWith('7EC 03 7F 22 78 '));
    expect(putOff.length).toBeGreaterThan(0);
    expect(putOff.length).toBeLessThan(20);
    expect(putOff.every((reply) => reply.includes(' 62 01 01 '))).toBe(true);
  });

  it('wakes a parked car by asking it, which its battery pays for', () => {
    const talk = dialogue(modelOf({ vehicle: 'electric', parked: true }));
    for (const command of READY) talk.ask(command);
    talk.pass(1_200_000);
    expect(talk.state().car.network.wokenByTraffic).toBe(0);
    talk.ask('ATRV');
    expect(talk.state().car.network.wokenByTraffic).toBe(0);
    talk.ask('0100');
    expect(talk.state().car.network.wokenByTraffic).toBe(1);
    talk.ask('ATSP8');
    talk.pass(120_000);
    // At another bit rate the car hears nothing that it could wake by.
    talk.ask('0100');
    expect(talk.state().car.network.wokenByTraffic).toBe(1);
  });

  it('reads trouble codes with their status', () => {
    const faults = [{ atMs: 6_000, what: 'dtc-appears', code: 'P0301' }];
    const talk = dialogue(modelOf({ vehicle: 'diesel-automatic', faults }));
    for (const command of [...READY, 'ATSH7E0', 'ATSTFF']) talk.ask(command);
    talk.pass(40_000);
    expect(talk.ask('1902FF')).toMatch(/7E8 07 59 02 8D 03 01 00 8D \r\r>$/);
    expect(talk.ask('3E00')).toBe('7E8 02 7E 00 \r\r>');
    expect(talk.ask('3E80')).toBe('NO DATA\r\r>');
    expect(talk.ask('1003')).toMatch(/^7E8 06 50 03 00 32 01 F4 /);
  });
});
