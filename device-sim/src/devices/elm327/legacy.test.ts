import { fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { crcJ1850 } from './legacy-answers.ts';
import { dialogue, modelOf, transcript } from './testing.ts';

const said = (protocol: '1' | '2' | '3' | '4' | '5', ...commands: readonly string[]): readonly string[] => {
  const first = ['ATE0', 'ATH1', `ATSP${protocol}`];
  return transcript(modelOf({ protocol }), ...first, ...commands).slice(first.length);
};

const bytesOf = (line: string): Uint8Array => fromHex(line.replaceAll(' ', ''))!;

const linesOf = (reply: string | undefined): readonly string[] =>
  (reply ?? '').split('\r').filter((line) => line !== '' && line !== '>');

describe('a car of 2003', () => {
  it.each([
    ['1', /^41 6B 10 41 0D 00 [0-9A-F]{2} $/],
    ['2', /^48 6B 10 41 0D 00 [0-9A-F]{2} $/],
    ['3', /^48 6B 10 41 0D 00 11 $/],
    ['4', /^83 F1 10 41 0D 00 D2 $/],
    ['5', /^83 F1 10 41 0D 00 D2 $/],
  ] as const)('answers on protocol %s with three header bytes and a checksum', (protocol, line) => {
    const [first] = said(protocol, '010D1');
    expect(linesOf(first).at(-1)).toMatch(line);
    const [, bare] = said(protocol, 'ATH0', '010D1');
    expect(linesOf(bare).at(-1)).toBe('41 0D 00 ');
  });

  it('closes its messages with the right checksums', () => {
    // 68 6A F1 01 00 is the classic request, and 17 its CRC (SAE J1850, polynomial 1D).
    expect(crcJ1850(Uint8Array.of(0x68, 0x6a, 0xf1, 0x01, 0x00))).toBe(0x17);
    const [vpw] = said('2', '01001');
    const all = bytesOf(linesOf(vpw)[0]!);
    expect(crcJ1850(all.subarray(0, -1))).toBe(all.at(-1));
    const [, kwp] = said('5', '0100', '01001');
    const sum = bytesOf(linesOf(kwp)[0]!);
    expect(sum.subarray(0, -1).reduce((a, b) => (a + b) & 0xff, 0)).toBe(sum.at(-1));
  });

  it('wakes a K line once, slowly or fast, and again after the protocol was closed', () => {
    const [first, second, , third] = said('3', '010D1', '010D1', 'ATPC', '010D1');
    expect(first).toMatch(/^BUS INIT: \.\.\.OK\r48 6B 10 41 0D /);
    expect(second).toMatch(/^48 6B 10 41 0D /);
    expect(third).toMatch(/^BUS INIT: \.\.\.OK\r/);
    expect(said('5', '010D1')[0]).toMatch(/^BUS INIT: OK\r83 F1 10 /);
    const talk = dialogue(modelOf({ protocol: '3' }));
    for (const command of ['ATE0', 'ATSP3']) talk.ask(command);
    const from = talk.nowMs();
    talk.ask('0100');
    expect(talk.nowMs() - from).toBeGreaterThan(2_500);
  });

  it('cannot be woken in the wrong way, nor with the ignition off', () => {
    expect(said('3', 'ATSP5', '0100')[1]).toBe('BUS INIT: ...ERROR\r\r>');
    expect(said('3', 'ATSP6', '0100')[1]).toBe('CAN ERROR\r\r>');
    expect(said('3', 'ATSP2', '0100')[1]).toBe('NO DATA\r\r>');
    const parked = modelOf({ protocol: '4', parked: true });
    expect(transcript(parked, 'ATE0', 'ATSP4', '0100')[2]).toBe('BUS INIT: ...ERROR\r\r>');
  });

  it('is found by searching, slowly', () => {
    const [found, number, name] = transcript(
      modelOf({ protocol: '4' }),
      'ATE0',
      '0100',
      'ATDPN',
      'ATDP',
    ).slice(1);
    expect(found).toMatch(/^SEARCHING\.\.\.\r41 00 [0-9A-F ]+\r/);
    expect([number, name]).toEqual(['A4\r\r>', 'AUTO, ISO 14230-4 (KWP 5BAUD)\r\r>']);
  });

  it('tells its VIN in five numbered messages and says how many there are', () => {
    const [count, vin, bitmap] = said('2', '0901', '0902', '0900');
    expect(linesOf(count)[0]).toMatch(/^48 6B 10 49 01 05 .. $/);
    expect(linesOf(said('2', '090A')[0])[1]).toMatch(/^48 6B 10 49 0A 02 2D 45 6E 67 .. $/);
    const lines = linesOf(vin);
    expect(lines).toHaveLength(5);
    expect(lines.map((line) => line.slice(9, 17))).toEqual([1, 2, 3, 4, 5].map((n) => `49 02 0${n}`));
    expect(lines[0]).toMatch(/^48 6B 10 49 02 01 00 00 00 5A .. $/);
    expect(linesOf(bitmap)[0]).toMatch(/^48 6B 10 49 00 01( ..){4} .. $/);
  });

  it('tells three trouble codes to a message, filled up with zeros and without a count', () => {
    const codes = ['P0301', 'P0302', 'P0303', 'P0420'];
    const faults = codes.map((code) => ({ atMs: 6_000, what: 'dtc-appears', code }));
    const talk = dialogue(modelOf({ protocol: '2', faults }));
    for (const command of ['ATE0', 'ATH1', 'ATSP2']) talk.ask(command);
    const engine = (reply: string): readonly string[] =>
      linesOf(reply).filter((line) => line.startsWith('48 6B 10'));
    expect(engine(talk.ask('03'))).toEqual([expect.stringMatching(/^48 6B 10 43( 00){6} .. $/)]);
    talk.pass(30_000);
    expect(engine(talk.ask('03'))).toEqual([
      expect.stringMatching(/^48 6B 10 43 03 01 03 02 03 03 .. $/),
      expect.stringMatching(/^48 6B 10 43 04 20 00 00 00 00 .. $/),
    ]);
    expect(talk.ask('0A')).toBe('NO DATA\r\r>');
  });

  it('knows neither several parameters at once nor those of later years', () => {
    expect(said('2', '010C0D', '0142')).toEqual(['NO DATA\r\r>', 'NO DATA\r\r>']);
    expect(linesOf(said('2', '0120')[0])[0]).toMatch(/^48 6B 10 41 20 /);
  });

  it('answers alone who is asked alone', () => {
    const [engine, gearbox] = said('5', 'ATSH8110F1', '010D', 'ATSH8118F1', '010D').filter(
      (reply) => reply !== 'OK\r\r>',
    );
    expect(linesOf(engine).slice(1)).toEqual([expect.stringMatching(/^83 F1 10 41 0D /)]);
    expect(linesOf(gearbox)).toEqual([expect.stringMatching(/^83 F1 18 41 0D /)]);
  });

  it('leaves a K line its rest between answer and next request', () => {
    const talk = dialogue(modelOf({ protocol: '3' }));
    for (const command of ['ATE0', 'ATSP3', '010D1']) talk.ask(command);
    const from = talk.nowMs();
    for (let i = 0; i < 10; i += 1) talk.ask('010D1');
    const meanMs = (talk.nowMs() - from) / 10;
    expect(meanMs).toBeGreaterThan(100);
    expect(meanMs).toBeLessThan(180);
  });
});
