import { asciiBytes, asciiText, type MonoNs, monoAfterMs, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../session.ts';
import { createRig, type Rig } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import type { Event } from './event.ts';
import { DEFAULT_OPTIONS, type Elm327Options } from './options.ts';
import { GOOD_CAR, line, type Play, playDongle } from './play-dongle.ts';
import { elm327Session } from './session.ts';
import type { State } from './state.ts';

const POLL = [{ pid: 0x0c, everyMs: 1_000 }];

const rigOf = (replies: Play['replies'], options: Partial<Elm327Options> = {}, ms = 0): Rig => {
  const session = elm327Session({ ...DEFAULT_OPTIONS, poll: POLL, ...options });
  const rig = createRig(elm327Codec, session, playDongle({ replies: { ...GOOD_CAR, ...replies } }));
  rig.run(ms);
  return rig;
};

const HOUR_MS = 3_600_000;

/** Every state that a dialogue goes through, with its time: the rows of the table below. */
const statesOf = (replies: Play['replies'], ms: number): readonly { state: State; now: MonoNs }[] => {
  const inner = elm327Session({ ...DEFAULT_OPTIONS, poll: POLL });
  const states: { state: State; now: MonoNs }[] = [];
  const recording = {
    initial: inner.initial,
    step: (state: State, input: Input<Event>, now: MonoNs) => {
      const step = inner.step(state, input, now);
      states.push({ state: step.state, now });
      return step;
    },
  };
  createRig(elm327Codec, recording, playDongle({ replies: { ...GOOD_CAR, ...replies } })).run(ms);
  return states;
};

const event = (text: string): Input<Event> => {
  const [item] = elm327Codec.event
    .cut(new Uint8Array(0), asciiBytes(text))
    .frames.flatMap(elm327Codec.event.decode);
  if (item?.result.ok === true) return { kind: 'event', event: item.result.value, raw: item.raw };
  if (item?.result.ok === false) return { kind: 'malformed', fault: item.result.fault, raw: item.raw };
  throw new Error('no item');
};

const INPUTS: readonly (readonly [string, Input<Event>])[] = [
  ['silence', { kind: 'silence' }],
  ...['>', 'OK\r', '?\r', 'SEARCHING...', 'NO DATA\r', 'UNABLE TO CONNECT\r', 'CAN ERROR\r', 'STOPPED\r'].map(
    (text) => [text.trim(), event(text)] as const,
  ),
  ...['LV RESET\r', 'ERR94\r', 'ACT ALERT\r', 'ELM327 v1.5\r', '12.6V\r', 'A6\r', '\xfc\r', '0: 49 02\r'].map(
    (text) => [text.trim(), event(text)] as const,
  ),
  ['a value', event(`${GOOD_CAR['010C']}\r`)],
  ['a damaged value', event('7E804410C1A <DATA ERROR\r')],
];

const frozen = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || Object.isFrozen(value))
    return;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
};

describe('every state and every input', () => {
  const session = elm327Session({ ...DEFAULT_OPTIONS, poll: POLL });
  const states = [
    ...statesOf({}, 8_000),
    ...statesOf({ '0100': 'UNABLE TO CONNECT' }, 70_000),
    ...statesOf({ '010C': ['STOPPED', 'CAN ERROR', '', GOOD_CAR['010C']] }, 15_000),
  ];

  it('cover all phases and all states of the link', () => {
    const kinds = new Set(states.flatMap(({ state }) => [state.phase.kind, state.link.kind]));
    for (const kind of [
      'setup',
      'connect',
      'discover',
      'poll',
      'absent',
      'idle',
      'asked',
      'syncing',
    ] as const) {
      expect([...kinds]).toContain(kind);
    }
  });

  it.each(INPUTS)(
    'step on %s: no throw, one command at most, no wait for ever, state untouched',
    (_, input) => {
      for (const { state, now } of states) {
        frozen(state);
        const later = input.kind === 'silence' ? monoAfterMs(now, 60_000) : now;
        const { commands, silenceAfterMs, said, fates, reopen } = session.step(state, input, later);
        expect(commands.length).toBeLessThanOrEqual(1);
        if (reopen === undefined) expect(silenceAfterMs).toBeGreaterThanOrEqual(0);
        if (state.link.kind === 'idle') expect(said).toEqual([]);
        const waiting = state.link.kind === 'asked' ? state.link.lines.length : 0;
        const names = state.phase.kind === 'setup' ? state.phase.names.length : 0;
        expect(fates.length).toBeLessThanOrEqual(waiting + names + 1);
        for (const command of commands) expect(() => elm327Codec.command.encode(command)).not.toThrow();
      }
    },
  );

  it('never says twice what it was stepped with, for a step has no memory but its state', () => {
    for (const { state, now } of states) {
      const input = event('>');
      expect(session.step(state, input, now)).toEqual(session.step(state, input, now));
    }
  });
});

describe('the dialogue in time', () => {
  const sentTimes = (replies: Play['replies'], options: Partial<Elm327Options>, ms: number) => {
    const times: { text: string; ms: number }[] = [];
    const play = playDongle({ replies: { ...GOOD_CAR, ...replies } });
    const start = monoNs(1_000_000_000n);
    const rig = createRig(
      elm327Codec,
      elm327Session({ ...DEFAULT_OPTIONS, poll: POLL, ...options }),
      (bytes, now) => {
        times.push({ text: asciiText(bytes).replace('\r', ''), ms: Number(now - start) / 1e6 });
        return play(bytes, now);
      },
    );
    rig.run(ms);
    return times;
  };
  const isRequest = ({ text }: { readonly text: string }): boolean => /^0/.test(text);

  it.each([
    [10, 100],
    [20, 50],
  ])('asks the car %d times a second at most, however much is due', (requestsPerSecondMax, gapMs) => {
    const poll = [0x05, 0x0c, 0x0d].map((pid) => ({ pid, everyMs: 50 }));
    const requests = sentTimes({}, { poll, requestsPerSecondMax }, 20_000).filter(isRequest);
    expect(requests.length).toBeGreaterThan(17_000 / gapMs);
    for (const [index, { ms }] of requests.entries()) {
      if (index > 0) expect(ms - (requests[index - 1]?.ms ?? 0)).toBeGreaterThanOrEqual(gapMs - 0.001);
    }
  });

  it('shares what the limit allows in proportion to what was wanted', () => {
    const poll = [
      { pid: 0x0c, everyMs: 50 },
      { pid: 0x0d, everyMs: 200 },
    ];
    const requests = sentTimes({}, { poll }, 60_000).filter(({ text }) => /^010[CD]/.test(text));
    const share = requests.filter(({ text }) => text.startsWith('010C')).length / requests.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.9);
  });

  it('leaves a parked car alone: four looks in the first hour, ever fewer then, no other request', () => {
    const parked = sentTimes({ '0100': 'UNABLE TO CONNECT' }, {}, 5 * HOUR_MS);
    const first = parked.filter(isRequest).filter(({ ms }) => ms > 60_000);
    expect(first.filter(({ ms }) => ms < HOUR_MS).length).toBeLessThanOrEqual(4);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThanOrEqual(12);
    expect(new Set(first.map(({ text }) => text))).toEqual(new Set(['0100']));
    expect(parked.filter(({ text }) => text === 'ATRV').length).toBeGreaterThan(2_500);
  });

  it('never looks for a car whose battery is low', () => {
    const low = sentTimes({ '0100': 'UNABLE TO CONNECT', ATRV: '11.9V' }, {}, 5 * HOUR_MS);
    expect(low.filter(isRequest).filter(({ ms }) => ms > 60_000)).toEqual([]);
  });

  it('looks at once when the voltage rises, and reads within seconds', () => {
    const away = Array.from({ length: 6 }, () => 'UNABLE TO CONNECT');
    const rig = rigOf({
      '0100': [...away, GOOD_CAR['0100']],
      ATRV: [...Array.from({ length: 120 }, () => '12.5V'), '13.9V'],
    });
    rig.run(110_000);
    expect(rig.said.some(({ body }) => body.kind === 'number' && body.signal === 2)).toBe(false);
    rig.run(60_000);
    expect(rig.said.some(({ body }) => body.kind === 'number' && body.signal === 2)).toBe(true);
  });

  it('finds its prompt within three seconds of rubbish, and reads within eight of a reset', () => {
    const rig = rigOf({}, {}, 15_000);
    rig.receive(asciiBytes('\x81\x00#~7E8 41\xff 12>>\r7E8'));
    const before = rig.said.length;
    rig.run(3_000);
    expect(rig.said.length).toBeGreaterThan(before);
    rig.receive(asciiBytes('\r\rLV RESET\r\r>'));
    const reset = rig.said.length;
    rig.run(8_000);
    expect(rig.said.slice(reset).some(({ body }) => body.kind === 'number' && body.signal === 2)).toBe(true);
  });

  it('tells what it is doing, and the figures every ten seconds', () => {
    const rig = rigOf({}, { troubleCodesEveryMs: 60_000 }, 60_000);
    const phases = rig.statuses.map(({ phase }) => phase);
    expect([...new Set(phases)]).toEqual(['probing', 'searching', 'discovering', 'polling']);
    expect(phases.filter((phase) => phase === 'polling').length).toBeGreaterThanOrEqual(5);
    expect(phases.length).toBeLessThanOrEqual(12);
    expect(rig.statuses.at(-1)).toMatchObject({
      words: 'Reading 1 parameters of one control unit over ISO 15765-4 CAN 11 bit 500 kbit/s.',
      facts: {
        adapter: 'ELM327 v1.4b',
        controlUnits: '7E8',
        vin: '1D4GP00R55B123456',
        damaged: 0,
        requestsPerSecond: expect.closeTo(1, 0),
      },
    });
  });

  it('names the parameters of the poll list that the car does not offer', () => {
    const poll = [...POLL, { pid: 0x2f, everyMs: 1_000 }];
    const rig = rigOf({ '010C': line('410C1AF8') }, { poll }, 20_000);
    expect(rig.statuses.at(-1)?.words).toContain('does not offer PID 2F');
  });
});
