import { describe, expect, it } from 'vitest';
import { dialogue, modelOf } from './elm327/testing.ts';
import { newDongle, unpluggedUntilMs } from './elm327.ts';
import { checkFaults, inForce, MISHAPS, parseFaults } from './faults.ts';

const words = (value: unknown): string => {
  const result = checkFaults(value, 'faults.json');
  return result.ok ? 'fine' : `${result.fault.where}: ${result.fault.words}`;
};

describe('a fault script', () => {
  it('is a list that is put in order of time, with defaults', () => {
    const result = parseFaults(
      '[{"atMs": 900, "what": "mute"}, {"atMs": 5, "what": "noise", "forMs": 7}]',
      'f',
    );
    expect(result.ok && result.value.map(({ atMs, what, forMs }) => [atMs, what, forMs])).toEqual([
      [5, 'noise', 7],
      [900, 'mute', MISHAPS.mute],
    ]);
  });

  it('is refused with one sentence that names the entry and what to do', () => {
    expect(words({})).toMatch(/^faults\.json: a fault script is a JSON list/);
    expect(words([7])).toBe('faults.json: entry 1 of the fault script is no object');
    expect(words([{ what: 'noise' }])).toContain('entry 1 of the fault script needs "atMs"');
    expect(
      words([
        { atMs: 0, what: 'noise' },
        { atMs: 1, what: 'fire' },
      ]),
    ).toMatch(/entry 2 .* one of noise, half-frame/);
    expect(words([{ atMs: 0, what: 'dtc-appears' }])).toContain('needs "code", a trouble code such as P0301');
    expect(words([{ atMs: 0, what: 'vin-swap', vin: 'short' }])).toContain('"vin" that is not 17');
    expect(words([{ atMs: 0, what: 'noise', forSeconds: 1 }])).toContain('unknown key "forSeconds"');
    expect(words([{ atMs: -1, what: 'noise' }])).toContain('needs "atMs"');
    expect(words([{ atMs: 0, what: 'stuck' }])).toContain('needs "pid"');
    expect(words([{ atMs: 0, what: 'drop-frames', count: 0 }])).toContain('"count" that is no whole number');
    expect(words([{ atMs: 0, what: 'drop-frames', share: 2 }])).toContain('"share" that is no number');
    expect(words([{ atMs: 0, what: 'wrong-baud', baud: 1 }])).toContain('"baud" that is no rate');
    expect(words([{ atMs: 0, what: 'toString' }])).toContain('needs "what"');
    const broken = parseFaults('[', 'faults.json');
    expect(broken.ok ? '' : broken.fault.words).toMatch(/^the fault script is not JSON: /);
  });

  it('knows what is in force at a moment, the end excluded', () => {
    const result = checkFaults([{ atMs: 10, what: 'noise', forMs: 5 }], 'f');
    const script = result.ok ? result.value : [];
    expect([9, 10, 14, 15].map((ms) => inForce(script, 'noise', ms) !== undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

/** What is said to requests before, in and after the fault, which lasts from 10 s to 12 s. */
const around = (
  what: string,
  more: Readonly<Record<string, unknown>> = {},
  request = '010D1',
): readonly string[] => {
  const talk = dialogue(modelOf({ faults: [{ atMs: 10_000, what, forMs: 2_000, ...more }] }));
  for (const command of ['ATE0', 'ATH1', 'ATSP6']) talk.ask(command);
  talk.pass(5_000);
  const before = talk.ask(request);
  talk.pass(10_050 - talk.nowMs());
  const during = talk.ask(request);
  talk.pass(Math.max(0, 40_000 - talk.nowMs()));
  return [before, during, talk.ask(request)];
};

describe('the faults of a simulated dongle', () => {
  const FINE = /^7E8 03 41 0D [0-9A-F]{2} \r\r>$/;

  it.each([
    ['half-frame', /^7E8 03 \r>$|^7E8 03 4\r>$|^7E8 03 41\r>$/],
    ['buffer-full', /^7E8 03 BUFFER FULL\r\r>$/],
    ['no-data', /^NO DATA\r\r>$/],
    ['can-error', /^CAN ERROR\r\r>$/],
    ['wrong-pid', /^7E8 03 41 0E [0-9A-F]{2} \r\r>$/],
    ['mute', /^$/],
    ['response-pending', /^7E8 03 7F 01 78 \r\r>$/],
    ['stopped', /^STOPPED\r\r>$/],
    ['slow-ecu', FINE],
    ['late-prompt', FINE],
  ] as const)('%s shows between its beginning and its end and leaves no trace', (what, shape) => {
    const [before, during, after] = around(what);
    expect([before, after]).toEqual([expect.stringMatching(FINE), expect.stringMatching(FINE)]);
    expect(during).toMatch(shape);
  });

  it.each(['noise', 'garbage'] as const)('%s changes bytes, the same ones each time', (what) => {
    const [before, during, after] = around(what, {}, '0902');
    expect(after).toBe(before);
    expect(during).not.toBe(before);
    expect(around(what, {}, '0902')[1]).toBe(during);
  });

  it('a late prompt comes late, and a byte before it stops what was over already', () => {
    const faults = [{ atMs: 0, what: 'late-prompt', delayMs: 700, forMs: 60_000 }];
    const talk = dialogue(modelOf({ faults }));
    talk.pass(5_000);
    for (const command of ['ATE0', 'ATH1', 'ATSP6']) talk.ask(command);
    const from = talk.nowMs();
    expect(talk.ask('010D1')).toMatch(FINE);
    expect(talk.nowMs() - from).toBeGreaterThan(700);
    talk.type('010D1\r');
    expect(talk.pass(300)).toMatch(/^7E8 03 41 0D [0-9A-F]{2} \r$/);
    talk.type('0');
    expect(talk.pass(100)).toBe('STOPPED\r\r>');
  });

  it('a VIN swap puts the dongle into another car', () => {
    const vin = 'ZZZ0UTP04SS999999';
    const [before, during, after] = around('vin-swap', { vin }, '0902');
    expect(after).toBe(before);
    expect(during!.match(/7E8 22 (.*) \r/)![1]).toBe('53 39 39 39 39 39 39');
  });

  it('a trouble code appears in the engine, pending first and stored later', () => {
    const talk = dialogue(modelOf({ faults: [{ atMs: 10_000, what: 'dtc-appears', code: 'P0420' }] }));
    for (const command of ['ATE0', 'ATH1', 'ATSP6']) talk.ask(command);
    talk.pass(11_000);
    expect([talk.ask('071'), talk.ask('031')]).toEqual(['7E8 04 47 01 04 20 \r\r>', '7E8 02 43 00 \r\r>']);
    talk.pass(12_000);
    expect(talk.ask('031')).toBe('7E8 04 43 01 04 20 \r\r>');
  });

  it('frames of answers are lost, by count and by share', () => {
    const lines = (reply: string): number => reply.split('\r').length - 2;
    const faults = [
      { atMs: 10_000, what: 'drop-frames', count: 2 },
      { atMs: 20_000, what: 'drop-frames', share: 0.5, forMs: 10_000 },
    ];
    const talk = dialogue(modelOf({ faults }));
    for (const command of ['ATE0', 'ATH1', 'ATSP6']) talk.ask(command);
    talk.pass(10_000 - talk.nowMs());
    expect([1, 2].map(() => lines(talk.ask('09023')))).toEqual([1, 3]);
    talk.pass(20_000 - talk.nowMs());
    const kept = Array.from({ length: 40 }, () => lines(talk.ask('09023'))).reduce((a, b) => a + b, 0);
    expect(kept).toBeGreaterThan(40);
    expect(kept).toBeLessThan(80);
    expect(talk.state().tally.framesLost).toBe(2 + 120 - kept);
  });

  it('frames come twice', () => {
    const talk = dialogue(modelOf({ faults: [{ atMs: 10_000, what: 'duplicate-frames', count: 1 }] }));
    for (const command of ['ATE0', 'ATH1', 'ATSP6']) talk.ask(command);
    talk.pass(10_000 - talk.nowMs());
    expect(talk.ask('010D1')).toMatch(/^(7E8 03 41 0D .. \r){2}\r>$/);
    expect(talk.ask('010D1')).toMatch(/^7E8 03 41 0D .. \r\r>$/);
  });

  it('a weak supply breaks down whenever the starter turns', () => {
    const talk = dialogue(modelOf({ parkS: 30, faults: [{ atMs: 0, what: 'weak-supply' }] }));
    for (const command of ['ATE0', 'ATH1']) talk.ask(command);
    expect(talk.pass(30_000 - talk.nowMs())).toBe('');
    expect(talk.pass(5_000)).toBe('LV RESET\r\r>');
    expect(talk.ask('ATI')).toMatch(/^ATI\rELM327/);
    const strong = dialogue(modelOf({ parkS: 30 }));
    expect(strong.pass(40_000)).toBe('');
  });

  it('a sensor is stuck in all that is said of it, and in nothing else', () => {
    const talk = dialogue(modelOf({ faults: [{ atMs: 60_000, what: 'stuck', pid: '0C', forMs: 20_000 }] }));
    for (const command of ['ATE0', 'ATH0', 'ATSP6']) talk.ask(command);
    const rpm = (): string => talk.ask('010C1').slice(0, 11);
    const speed = (): string => talk.ask('010D1').slice(0, 8);
    talk.pass(60_000 - talk.nowMs());
    const stuck = Array.from({ length: 10 }, () => {
      talk.pass(1_000);
      return [rpm(), speed(), talk.ask('010C0D1').slice(3, 14)];
    });
    expect(new Set(stuck.map(([one]) => one)).size).toBe(1);
    expect(new Set(stuck.map(([, other]) => other)).size).toBeGreaterThan(3);
    talk.pass(15_000);
    expect(rpm()).not.toBe(stuck[0]![0]);
  });

  it('a search takes as long as the script says', () => {
    const talk = dialogue(modelOf({ faults: [{ atMs: 0, what: 'searching', delayMs: 7_000 }] }));
    talk.ask('ATE0');
    const from = talk.nowMs();
    expect(talk.ask('0100')).toMatch(/^SEARCHING\.\.\.\r41 00/);
    expect(talk.nowMs() - from).toBeGreaterThan(7_000);
    expect(talk.nowMs() - from).toBeLessThan(7_200);
  });

  it('an answer is put off again and again before it comes', () => {
    const faults = [{ atMs: 0, what: 'response-pending', count: 3, delayMs: 150, forMs: 60_000 }];
    const talk = dialogue(modelOf({ faults }));
    for (const command of ['ATE0', 'ATH1', 'ATSP6', 'ATSH7E0', 'ATSTFF']) talk.ask(command);
    const from = talk.nowMs();
    expect(talk.ask('010D4')).toMatch(/^(7E8 03 7F 01 78 \r){3}7E8 03 41 0D .. \r\r>$/);
    expect(talk.nowMs() - from).toBeGreaterThan(450);
    for (const command of ['ATST10', 'ATAT0']) talk.ask(command);
    // The chip's patience of 64 ms ends before the answer.
    expect(talk.ask('010D')).toBe('7E8 03 7F 01 78 \r\r>');
  });

  it('a chip with an internal error says so and forgets its settings', () => {
    const talk = dialogue(modelOf({ faults: [{ atMs: 5_000, what: 'err94' }] }));
    talk.ask('ATE0');
    expect(talk.pass(6_000)).toBe('ERR94\r\r>');
    expect(talk.ask('ATI')).toMatch(/^ATI\r/);
  });

  it('at a wrong serial rate both sides hear garbage, and sense again afterwards', () => {
    const faults = [{ atMs: 10_000, what: 'wrong-baud', baud: 115_200, forMs: 5_000 }];
    const talk = dialogue(modelOf({ faults }));
    talk.ask('ATE0');
    talk.pass(11_000);
    const heard = talk.ask('ATI');
    expect(heard).not.toContain('ELM327');
    talk.pass(30_000);
    talk.ask('');
    expect(talk.ask('ATI')).toContain('ELM327');
  });

  it('an unplugged dongle hears nothing and comes back without its settings', () => {
    const model = modelOf({ faults: [{ atMs: 10_000, what: 'unplug', forMs: 3_000 }] });
    expect([9_999, 10_000, 12_999, 13_000].map((ms) => unpluggedUntilMs(newDongle(model), ms))).toEqual([
      undefined,
      13_000,
      13_000,
      undefined,
    ]);
    const talk = dialogue(model);
    talk.ask('ATE0');
    talk.pass(11_000);
    talk.type('ATI\r');
    expect(talk.pass(1_500)).toBe('');
    talk.pass(2_000);
    expect(talk.ask('ATI')).toMatch(/^ATI\rELM327/);
  });
});
