import type { OrderId } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redecode } from './meaning.ts';
import type { BoardMessage, HostMessage } from './message.ts';
import { INTRODUCTION, optionsOf, rigFor, said, written } from './testing.ts';

const ends = (fates: readonly { readonly kind: string; readonly reason?: string }[]): readonly string[] =>
  fates.map(({ kind, reason }) => reason ?? kind);

const silent = (): readonly BoardMessage[] => [];

describe('a board', () => {
  it('is asked what it is, reset, and set up as it is configured', () => {
    const rig = rigFor({
      samplingMs: 500,
      analog: { light: { channel: 1, signal: 'Sensor.Voltage' } },
      digital: { door: { pin: 3, pullup: true }, far: { pin: 10 } },
      climate: { roof: { chip: 'sht3x' } },
    });
    rig.run(100);
    expect(rig.statuses.map(({ phase }) => phase)).toEqual(['asking', 'ready']);
    expect(rig.sent.flatMap(written)).toEqual([
      { kind: 'query-version' },
      { kind: 'query-firmware' },
      { kind: 'query-capabilities' },
      { kind: 'query-analog-mapping' },
      { kind: 'reset' },
      { kind: 'sampling', everyMs: 500 },
      { kind: 'pin-mode', pin: 3, mode: 0 },
      { kind: 'pin-mode', pin: 10, mode: 0 },
      { kind: 'write-digital', port: 0, bits: 8 },
      { kind: 'report-digital', port: 0, on: true },
      { kind: 'report-digital', port: 1, on: true },
      { kind: 'i2c-config', delayUs: 0 },
      { kind: 'report-analog', channel: 1, on: true },
      { kind: 'i2c-write', address: 0x44, bytes: Uint8Array.of(0x24, 0) },
      { kind: 'i2c-read', address: 0x44, register: undefined, count: 6 },
    ]);
    expect(rig.undecided).toBe(0);
  });

  it('that is older or newer is given up with a sentence', () => {
    const rig = rigFor({}, { answer: () => [{ kind: 'version', major: 3, minor: 0 }] });
    rig.run(50);
    expect(rig.reopen).toMatchObject({ kind: 'unreachable', code: 'firmata.version' });
  });

  it('that never answers is asked for a while, and then the line is opened anew', () => {
    const rig = rigFor({}, { answer: silent });
    rig.run(11_900);
    expect(rig.reopen).toBeUndefined();
    expect(rig.sent).toHaveLength(12);
    rig.run(200);
    expect(rig.reopen).toMatchObject({ code: 'firmata.silent', kind: 'unreachable' });
  });

  it('on a line whose rate is ours to find is looked for at both that boards use, and a given rate is left', () => {
    const rates: number[] = [];
    const setBaud = (baud: number): void => {
      rates.push(baud);
    };
    const findsRate = { rate: { baud: 38_400, auto: true }, setBaud };
    const answer = (): readonly BoardMessage[] | undefined => (rates.at(-1) === 115_200 ? undefined : []);
    const rig = rigFor({}, { line: findsRate, answer });
    rig.run(5_000);
    expect(rates).toEqual([57_600, 115_200]);
    expect(rig.statuses.at(-1)?.phase).toBe('ready');
    rates.length = 0;
    rigFor({}, { line: { ...findsRate, rate: { baud: 9_600, auto: false } }, answer: silent }).run(10_000);
    expect(rates).toEqual([]);
  });

  it('that has nothing to say is asked for a sign of life, and given up without one', () => {
    let answers = true;
    const answer = (message: HostMessage): readonly BoardMessage[] | undefined => {
      if (message.kind !== 'query-pin-state') return undefined;
      return answers ? [{ kind: 'pin-state', pin: message.pin, mode: 1, value: 0 }] : [];
    };
    const rig = rigFor({}, { answer });
    rig.run(60_000);
    expect(rig.reopen).toBeUndefined();
    answers = false;
    rig.run(9_000);
    expect(rig.reopen).toMatchObject({ code: 'firmata.silent' });
  });

  it('that begins anew is told to its owner, and set up again', () => {
    const rig = rigFor({ analog: { light: { channel: 0, signal: 'Sensor.Voltage' } } });
    rig.run(50);
    const before = rig.sent.length;
    rig.receive(said(...INTRODUCTION.slice(0, 2)));
    rig.run(50);
    expect(rig.happenings).toMatchObject([{ what: 'board-restarted' }]);
    expect(rig.sent.slice(before).flatMap(written)).toContainEqual({
      kind: 'report-analog',
      channel: 0,
      on: true,
    });
    expect(rig.statuses.at(-1)).toMatchObject({ phase: 'ready', facts: { restarts: 1 } });
  });

  it('says nothing that is not configured, nor what its signal cannot be', () => {
    const analog = { level: { channel: 0, signal: 'Sensor.Level', factor: '100/512' } };
    const rig = rigFor({ analog, digital: { door: { pin: 2 } } });
    rig.run(20);
    const before = rig.fates.length;
    rig.receive(
      said(
        { kind: 'analog', channel: 0, value: 256 },
        { kind: 'analog', channel: 0, value: 600 },
        { kind: 'analog', channel: 5, value: 1 },
        { kind: 'digital', port: 0, bits: 4 },
        { kind: 'digital', port: 0, bits: 0x84 },
        { kind: 'digital', port: 1, bits: 1 },
        { kind: 'i2c-reply', address: 0x76, register: 0xd0, bytes: Uint8Array.of(1) },
        { kind: 'other', id: 0x01, body: new Uint8Array() },
      ),
    );
    expect(ends(rig.fates.slice(before))).toEqual([
      'observed',
      'quarantined',
      'not-configured',
      'observed',
      'unchanged',
      'not-configured',
      'unsolicited',
      'unknown-message',
    ]);
    expect(rig.said.at(-2)?.body).toMatchObject({ mantissa: 5_000, ecu: 0xa000 });
  });

  it('is asked again for levels that have not changed', () => {
    const rig = rigFor(
      { digital: { door: { pin: 2 } }, digitalEveryMs: 1_000 },
      {
        answer: (message) =>
          message.kind === 'report-digital' ? [{ kind: 'digital', port: 0, bits: 0 }] : undefined,
      },
    );
    rig.run(5_500);
    expect(rig.said.filter(({ body }) => body.kind === 'number')).toHaveLength(6);
  });

  it('is asked for the trim of a chip once, for its measurement every time, and anew after an error', () => {
    const trim = Uint8Array.of(112, 107, 67, 103, 24, 252, ...new Uint8Array(20).fill(9));
    const registers = new Map([
      [0xd0, Uint8Array.of(0x58)],
      [0x88, trim],
      [0xf3, Uint8Array.of(0, 0x24, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0)],
    ]);
    let isThere = true;
    const answer = (message: HostMessage): readonly BoardMessage[] | undefined => {
      if (message.kind !== 'i2c-read' || message.register === undefined) return undefined;
      const { address, register } = message;
      const bytes = registers.get(register) ?? new Uint8Array();
      const reply: BoardMessage = { kind: 'i2c-reply', address, register, bytes };
      return isThere ? [reply] : [{ kind: 'text', text: 'I2C: Too few bytes received' }, reply];
    };
    const rig = rigFor({ climate: { roof: { chip: 'bmp280', everyMs: 1_000 } } }, { answer });
    const asked = (ms: number): readonly (number | undefined)[] => {
      const from = rig.sent.length;
      rig.run(ms);
      return rig.sent
        .slice(from)
        .flatMap(written)
        .flatMap((message) => (message.kind === 'i2c-read' ? [message.register] : []));
    };
    expect(asked(500)).toEqual([0xd0, 0x88, 0xf3]);
    expect(asked(1_000)).toEqual([0xf3]);
    const saidBefore = rig.said.length;
    isThere = false;
    expect(asked(1_000)).toEqual([0xf3]);
    expect(rig.said).toHaveLength(saidBefore);
    expect(rig.statuses.at(-1)?.words).toContain('the bmp280 at 0x76 does not answer');
    isThere = true;
    expect(asked(1_000)).toEqual([0xd0, 0x88, 0xf3]);
    expect(rig.statuses.at(-1)?.words).toBe('Bench 2.4 is ready.');
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
  });

  it('of any bytes gives each item one end, without a throw, and readings that can be computed again', () => {
    const options = {
      analog: { a: { channel: 0, signal: 'Sensor.Voltage' } },
      digital: { d: { pin: 2, button: true } },
      climate: { c: { chip: 'bme280' }, e: { chip: 'sht4x' } },
    };
    const message: fc.Arbitrary<Uint8Array> = fc.oneof(
      fc.constantFrom(...INTRODUCTION.map((each) => said(each))),
      fc
        .record({ channel: fc.integer({ min: 0, max: 2 }), value: fc.integer({ min: 0, max: 1_023 }) })
        .map((each) => said({ kind: 'analog', ...each })),
      fc.integer({ min: 0, max: 255 }).map((bits) => said({ kind: 'digital', port: 0, bits })),
      fc.constant(said({ kind: 'text', text: 'I2C: Too few bytes received' })),
      fc
        .record({
          address: fc.constantFrom(0x76, 0x44),
          register: fc.constantFrom(0xd0, 0x88, 0xe1, 0xf3, 0),
          count: fc.constantFrom(1, 26, 7, 12, 6),
          byte: fc.integer({ min: 0, max: 255 }),
        })
        .map(({ address, register, count, byte }) =>
          said({ kind: 'i2c-reply', address, register, bytes: new Uint8Array(count).fill(byte) }),
        ),
      fc.uint8Array({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.integer({ min: 0, max: 1_500 })), { maxLength: 30 }),
        (steps) => {
          const rig = rigFor(options);
          for (const [bytes, ms] of steps) {
            rig.receive(bytes);
            rig.run(ms);
          }
          // A board that speaks another version is left, with whatever else it had said.
          // A board of another version is left, with whatever else it had said.
          if (rig.reopen === undefined) expect(rig.undecided).toBe(0);
          for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('orders', () => {
  /** Writes what stands for the order, so that the session can be watched without johnny-five. */
  const driver = { encode: () => new Uint8Array() };
  const outputs = { pump: { pin: 7, kind: 'relay' }, valve: { pin: 9, kind: 'servo' } };
  const order = (id: string, output: string, value: number) =>
    ({ id: id as OrderId, kind: 'output', output, value }) as const;

  it('before the board is ready are refused, and those that it does not confirm end in time', () => {
    const rig = rigFor({ outputs }, { driver });
    rig.order(order('early', 'pump', 1));
    expect(rig.outcomes).toMatchObject([{ id: 'early', kind: 'refused', code: 'not-ready' }]);
    rig.run(20);
    rig.order(order('lost', 'pump', 1));
    rig.run(2_100);
    expect(rig.outcomes.slice(1)).toMatchObject([{ id: 'lost', kind: 'refused', code: 'time-out' }]);
  });

  it('are done when the board says so, each once, and not when it says something else', () => {
    let value = 1;
    const answer = (message: HostMessage): readonly BoardMessage[] | undefined =>
      message.kind === 'query-pin-state'
        ? [{ kind: 'pin-state', pin: message.pin, mode: 1, value }]
        : undefined;
    const rig = rigFor({ outputs }, { driver, answer });
    rig.run(20);
    rig.order(order('a', 'pump', 1));
    rig.order(order('b', 'pump', 1));
    rig.run(20);
    value = 0;
    rig.order(order('c', 'pump', 1));
    rig.order(order('d', 'valve', 90));
    rig.run(20);
    expect(rig.outcomes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'a done',
      'b done',
      'c refused',
      'd refused',
    ]);
    expect(rig.outcomes.at(-1)).toMatchObject({ code: 'not-taken' });
    expect(rig.statuses.at(-1)?.facts).toMatchObject({ 'output.pump': 1 });
  });

  it('that a board was given before it began anew are refused, for it holds none of them', () => {
    const rig = rigFor({ outputs }, { driver });
    rig.run(20);
    rig.order(order('x', 'pump', 1));
    rig.receive(said(...INTRODUCTION.slice(0, 1)));
    expect(rig.outcomes).toMatchObject([{ id: 'x', kind: 'refused', code: 'restarted' }]);
  });

  it('of other kinds are refused', () => {
    const rig = rigFor({ outputs }, { driver });
    rig.run(20);
    rig.order({ id: 'g' as OrderId, kind: 'approve', gateway: '0016c001f0000001' });
    expect(rig.outcomes).toMatchObject([{ id: 'g', kind: 'refused', code: 'not-taken' }]);
  });
});

describe('the README', () => {
  it('shows options that work', async () => {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(new URL('./README.md', import.meta.url), 'utf8');
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '') as {
      readonly options: unknown;
    };
    const { analog, digital, climate, outputs } = optionsOf(example.options);
    expect([analog, digital, climate, outputs].map(({ length }) => length)).toEqual([1, 1, 1, 3]);
  });
});
