import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowList } from './allow-list.ts';
import { createOutputDriver } from './johnny-five.ts';
import type { BoardMessage } from './message.ts';
import type { Output } from './option-outputs.ts';
import { INTRODUCTION, optionsOf, said, written } from './testing.ts';

const frames = new Map(INTRODUCTION.map((message: BoardMessage) => [message.kind, said(message)] as const));
const attachTo = (outputs: readonly string[], pullups: readonly number[] = []) =>
  ({ kind: 'attach', frames, outputs, pullups }) as const;

const OUTPUTS = {
  pump: { pin: 7, kind: 'relay' },
  heater: { pin: 4, kind: 'relay', contact: 'NC' },
  lamp: { pin: 3, kind: 'pwm' },
  arm: { pin: 9, kind: 'servo', minUs: 1_000, maxUs: 2_000 },
  gate: { pin: 14, kind: 'digital' },
  alive: { pin: 13, kind: 'light' },
};
const NAMES = Object.keys(OUTPUTS);

describe('johnny-five', () => {
  const spies = {
    log: vi.spyOn(console, 'log'),
    warn: vi.spyOn(console, 'warn'),
    error: vi.spyOn(console, 'error'),
  };
  let listeners: number;
  beforeEach(() => {
    listeners = process.listenerCount('SIGINT');
    for (const spy of Object.values(spies)) spy.mockClear();
  });
  afterEach(() => {
    // It prints nothing, handles no signal.
    for (const spy of Object.values(spies)) expect(spy).not.toHaveBeenCalled();
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('makes pins what they are to be, at values that are safe, and a servo not at all', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    expect(written(driver.encode(attachTo(NAMES, [2])))).toEqual([
      { kind: 'pin-mode', pin: 7, mode: 1 },
      { kind: 'write-digital', port: 0, bits: 0b1_0100 },
      { kind: 'pin-mode', pin: 4, mode: 1 },
      { kind: 'write-digital', port: 0, bits: 0b1_0100 },
      { kind: 'pin-mode', pin: 3, mode: 3 },
      { kind: 'write-analog', pin: 3, value: 0 },
      { kind: 'pin-mode', pin: 14, mode: 1 },
      { kind: 'write-digital', port: 1, bits: 0 },
      { kind: 'pin-mode', pin: 13, mode: 1 },
      { kind: 'write-digital', port: 1, bits: 0 },
    ]);
  });

  it('writes what an order means, and beside it leaves all levels as they are', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    driver.encode(attachTo(NAMES));
    const drive = (output: string, value: number) => written(driver.encode({ kind: 'drive', output, value }));
    expect(drive('pump', 1)).toEqual([{ kind: 'write-digital', port: 0, bits: 0b1001_0000 }]);
    expect(drive('heater', 1)).toEqual([{ kind: 'write-digital', port: 0, bits: 0b1000_0000 }]);
    expect(drive('lamp', 50)).toEqual([{ kind: 'write-analog', pin: 3, value: 128 }]);
    expect(drive('gate', 1)).toEqual([{ kind: 'write-digital', port: 1, bits: 0b0100_0000 }]);
    const servo = { kind: 'servo', pin: 9, minUs: 1_000, maxUs: 2_000 };
    expect(drive('arm', 90)).toEqual([servo, { kind: 'write-analog', pin: 9, value: 1_500 }]);
    expect(drive('arm', 90)).toEqual([{ kind: 'write-analog', pin: 9, value: 1_500 }]);
    expect(drive('arm', 0)).toEqual([{ kind: 'write-analog', pin: 9, value: 1_000 }]);
  });

  it('begins at safe values on a board that comes back, whatever was ordered before', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    const first = driver.encode(attachTo(NAMES));
    for (const output of ['pump', 'heater', 'gate']) driver.encode({ kind: 'drive', output, value: 1 });
    expect(driver.encode(attachTo(NAMES))).toEqual(first);
  });

  it('holds every pin where it was ordered last, whatever else is ordered and whenever the board comes back', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    const flag = fc.constantFrom(0, 1);
    const order = fc.oneof(
      fc.tuple(fc.constantFrom('pump', 'heater', 'gate', 'alive'), flag),
      fc.tuple(fc.constant('lamp'), fc.integer({ min: 0, max: 100 })),
      fc.tuple(fc.constant('arm'), fc.integer({ min: 0, max: 180 })),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
        const pins = new Map<number, number>();
        const switched = new Set<number>();
        const wire = (bytes: Uint8Array): void => {
          for (const message of written(bytes)) {
            if (message.kind === 'write-analog') pins.set(message.pin, message.value);
            if (message.kind === 'pin-mode' && message.mode === 1) switched.add(message.pin);
            if (message.kind !== 'write-digital') continue;
            // A board writes levels to those of the eight pins that are outputs, and to no other.
            for (const pin of switched)
              if (pin >> 3 === message.port) pins.set(pin, (message.bits >> (pin & 7)) & 1);
          }
        };
        const wanted = new Map<number, number>();
        const begin = (): void => {
          wire(driver.encode(attachTo(NAMES)));
          for (const [pin, value] of [
            [7, 0],
            [4, 1],
            [3, 0],
            [14, 0],
            [13, 0],
          ] as const)
            wanted.set(pin, value);
        };
        begin();
        for (const each of orders) {
          if (each === undefined) {
            begin();
            continue;
          }
          const [output, value] = each;
          wire(driver.encode({ kind: 'drive', output, value }));
          const pin = OUTPUTS[output as keyof typeof OUTPUTS].pin;
          if (output === 'lamp') wanted.set(pin, Math.round((value * 255) / 100));
          else if (output === 'arm') wanted.set(pin, Math.trunc(1_000 + (value * 1_000) / 180));
          else wanted.set(pin, output === 'heater' ? 1 - value : value);
          for (const [at, level] of wanted) expect([at, pins.get(at)]).toEqual([at, level]);
        }
      }),
    );
  });

  it('leaves out what the board cannot do, and takes another board for another', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    expect(written(driver.encode(attachTo(['pump'])))).toHaveLength(2);
    const bigger = new Map(frames).set(
      'capabilities',
      said({ kind: 'capabilities', pins: Array.from({ length: 70 }, () => [{ mode: 1, bits: 1 }]) }),
    );
    expect(written(driver.encode({ ...attachTo(['pump']), frames: bigger }))).toHaveLength(2);
  });

  it('is not driven before it knows the board, nor at an output that there is not', async () => {
    const driver = await createOutputDriver(optionsOf({ outputs: OUTPUTS }));
    const drive = { kind: 'drive', output: 'pump', value: 1 } as const;
    expect(() => driver.encode(drive)).toThrow('not attached');
    driver.encode(attachTo(NAMES));
    expect(() => driver.encode({ ...drive, output: 'door' })).toThrow('not attached');
  });
});

describe('the allow-list before the wire', () => {
  const pump: Output = { name: 'pump', pin: 7, kind: 'relay', contact: 'NO', safe: 0 };
  const list = allowList([pump, { name: 'lamp', pin: 3, kind: 'pwm', safe: 0 }], [2]);

  it.each([[[0xf4, 7, 1]], [[0x90, 0x04, 0x01]], [[0x90, 0x0c, 0x01, 0xf4, 7, 1]]])('%j passes', (bytes) => {
    expect([...list.pass(pump, Uint8Array.from(bytes))]).toEqual(bytes);
  });

  it.each([
    ['another pin', [0xf4, 8, 1]],
    ['another output', [0xe3, 1, 0]],
    ['a level of a pin that is no output', [0x90, 0x14, 0x01]],
    ['the end of a pull-up', [0x90, 0x00, 0x01]],
    ['another port', [0x91, 0x00, 0x00]],
    ['a reset', [0xff]],
    ['a question', [0xf9]],
    ['half a message', [0xf4, 7]],
    ['noise', [0x01, 0xf4, 7, 1]],
  ])('%s does not', (_, bytes) => {
    expect(() => list.pass(pump, Uint8Array.from(bytes))).toThrow('More than the output pump');
  });
});
