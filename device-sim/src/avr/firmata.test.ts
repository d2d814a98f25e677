import { redecodeFirmata } from '@outpost/firmware-bridge/wires';
import { signalById } from '@outpost/schemas/vehicle';
import type { OrderId } from '@outpost/schemas/words';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FirmataBench, firmataBench } from './bench.ts';
import { bme280, EXAMPLE_COUNTS, sht3x } from './chips.ts';
import { standardFirmata } from './firmware.ts';
import { createUno, type Uno } from './uno.ts';

let uno: Uno;

/** One board for all: starting it is most of the work. Each session sets it up anew. */
beforeAll(() => {
  const words = (): readonly [number, number] => [0x6666, 0x8000];
  uno = createUno(standardFirmata(), [bme280(0x76, () => EXAMPLE_COUNTS), sht3x(0x44, words)]);
  expect(uno.start()).toBe(true);
});

const ready = async (options: unknown): Promise<FirmataBench> => {
  const bench = await firmataBench(uno, options);
  expect(bench.until(() => bench.rig.statuses.at(-1)?.phase === 'ready', 3_000)).toBe(true);
  return bench;
};

const numbers = ({ rig }: FirmataBench): readonly (readonly [string, number, string])[] =>
  rig.said.flatMap(({ body }) =>
    body.kind === 'number'
      ? [[signalById(body.signal)?.name ?? '', body.mantissa, body.ecu.toString(16)] as const]
      : [],
  );

let orders = 0;
const order = ({ rig }: FirmataBench, output: string, value: number): void => {
  orders += 1;
  rig.order({ id: `order-${orders}` as OrderId, kind: 'output', output, value });
};

describe('StandardFirmata on a simulated ATmega328P', () => {
  it('is ready, calls itself what it is, and says that it is simulated', async () => {
    const bench = await ready({});
    const [identity] = bench.rig.said;
    expect(identity?.body).toMatchObject({ kind: 'identity', text: 'StandardFirmata.ino 2.4' });
    expect(identity?.origin).toBe('simulated');
    expect(bench.rig.statuses.at(-1)?.words).toBe('StandardFirmata.ino 2.4 is ready.');
    expect(bench.rig.undecided).toBe(0);
  });

  it('reads voltages within one step of its converter', async () => {
    const analog = { wire: { channel: 0, signal: 'Sensor.Voltage' } };
    const bench = await ready({ samplingMs: 20, analog });
    for (const volts of [0, 0.7, 2.5, 4.999]) {
      uno.setVolts(0, volts);
      bench.run(60);
      const [name, mantissa, place] = numbers(bench).at(-1) ?? ['', -1, ''];
      expect([name, place]).toEqual(['Sensor.Voltage', 'a000']);
      expect(Math.abs(mantissa / 1_000 - volts)).toBeLessThanOrEqual(5 / 1_024 + 0.0005);
    }
  });

  it('reads levels at once and when they change, with and without a pull-up', async () => {
    uno.setLevel(2, false);
    uno.setLevel(4, false);
    const digital = {
      door: { pin: 2, signal: 'Sensor.IsOpen' },
      bell: { pin: 4, pullup: true, invert: true, button: true },
    };
    const bench = await ready({ digital, outputs: { lamp: { pin: 5, kind: 'digital' } } });
    bench.run(50);
    expect(uno.level(4)).toBe('pullup');
    const first = numbers(bench);
    expect(first.map(([name, value, place]) => `${name} ${place} ${value}`).sort()).toEqual([
      'Sensor.IsOn d004 1',
      'Sensor.IsOpen d002 0',
    ]);
    uno.setLevel(2, true);
    bench.run(50);
    expect(numbers(bench).slice(first.length)).toEqual([['Sensor.IsOpen', 1, 'd002']]);
    uno.setLevel(4, true);
    bench.run(50);
    uno.setLevel(4, false);
    bench.run(50);
    expect(bench.rig.happenings).toEqual([{ what: 'button', words: 'bell was pressed.' }]);
    // A level of the same port is written: the pull-up stays, and so does what the inputs say.
    order(bench, 'lamp', 1);
    bench.run(50);
    expect([uno.level(4), uno.level(5)]).toEqual(['pullup', 'high']);
  });

  it('asks a BME280 and an SHT31 on its bus, and gives what their data sheets compute', async () => {
    const climate = {
      roof: { chip: 'bme280', everyMs: 1_000 },
      cellar: { chip: 'sht3x', everyMs: 1_000 },
    };
    const bench = await ready({ climate });
    expect(bench.until(() => numbers(bench).length >= 5, 1_000)).toBe(true);
    const values = new Map(numbers(bench).map(([name, value, place]) => [`${name} ${place}`, value]));
    // The worked example of the BMP280's data sheet; humidity by the BME280's formula in floating point: 43.4 %.
    expect(values.get('Sensor.Temperature 76')).toBe(2_508);
    expect(values.get('Sensor.Pressure 76')).toBe(100_653);
    expect(values.get('Sensor.Temperature 44')).toBe(2_500);
    expect(values.get('Sensor.Humidity 44')).toBe(5_000);
    expect(values.get('Sensor.Humidity 76')).toBeGreaterThan(3_000);
    for (const { body, raw } of bench.rig.said) expect(redecodeFirmata(raw)).toEqual([body]);
  });

  it('does not take what the bus said before for the answer of a chip that is not there', async () => {
    const climate = {
      roof: { chip: 'bme280', everyMs: 1_000 },
      gone: { chip: 'bmp280', address: 0x77, everyMs: 1_000 },
      away: { chip: 'aht20', everyMs: 1_000 },
    };
    const bench = await ready({ climate });
    bench.run(400);
    const places = new Set(numbers(bench).map(([, , place]) => place));
    expect([...places]).toEqual(['76']);
    expect(bench.rig.statuses.at(-1)?.words).toContain('bmp280 at 0x77 does not answer');
    expect(bench.rig.statuses.at(-1)?.words).toContain('aht20 at 0x38 does not answer');
  });
});

describe('the outputs of a board, driven by johnny-five', () => {
  const outputs = {
    pump: { pin: 7, kind: 'relay' },
    heater: { pin: 8, kind: 'relay', contact: 'NC' },
    lamp: { pin: 3, kind: 'pwm' },
    valve: { pin: 9, kind: 'servo' },
    gate: { pin: 14, kind: 'digital' },
    alive: { pin: 13, kind: 'light' },
  };

  it('are safe first: relays open, lamps dark, servos untouched', async () => {
    const bench = await ready({ outputs });
    bench.run(30);
    expect([7, 8, 3, 14, 13].map((pin) => uno.level(pin))).toEqual(['low', 'high', 'low', 'low', 'low']);
    expect(uno.pulse(9)).toBeUndefined();
  });

  it('do what they are ordered, and the board says so', async () => {
    const bench = await ready({ outputs });
    order(bench, 'pump', 1);
    order(bench, 'heater', 1);
    order(bench, 'gate', 1);
    order(bench, 'lamp', 25);
    order(bench, 'valve', 45);
    bench.run(100);
    expect([7, 8, 14].map((pin) => uno.level(pin))).toEqual(['high', 'low', 'high']);
    expect(bench.rig.outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(bench.rig.outcomes[0]).toMatchObject({
      words: 'pump is at 1; the board says that pin 7 holds 1.',
    });
    const servo = uno.pulse(9);
    // 600 to 2,400 µs over 180°; the servo's timer counts in steps of half a microsecond, and interrupts come late.
    expect(Math.abs((servo?.highUs ?? 0) - 1_050)).toBeLessThan(8);
    expect(Math.abs((servo?.periodUs ?? 0) - 20_000)).toBeLessThan(200);
    const lamp = uno.pulse(3);
    expect((lamp?.highUs ?? 0) / (lamp?.periodUs ?? 1)).toBeCloseTo(0.25, 1);
    order(bench, 'pump', 0);
    bench.run(30);
    expect([7, 8, 14].map((pin) => uno.level(pin))).toEqual(['low', 'low', 'high']);
  });

  it('refuse what is not allowed, and nothing is sent', async () => {
    const bench = await ready({ outputs });
    const before = bench.rig.sent.length;
    for (const [output, value, code, words] of [
      [
        'door',
        1,
        'not-allowed',
        'the configuration allows no output "door"; there are: pump, heater, lamp, valve, gate.',
      ],
      ['alive', 1, 'not-allowed', 'alive is a status light, which the gateway drives itself.'],
      ['pump', 0.5, 'value', 'pump takes 0 or 1.'],
      ['valve', 181, 'value', 'valve takes 0 to 180 degrees.'],
      ['lamp', 101, 'value', 'lamp takes 0 to 100 percent.'],
    ] as const) {
      order(bench, output, value);
      expect(bench.rig.outcomes.at(-1)).toMatchObject({ kind: 'refused', code, words });
    }
    expect(bench.rig.sent).toHaveLength(before);
  });

  it('are safe again when the gateway comes back, when the board begins anew, and when it is told to restart', async () => {
    const before = await ready({ outputs });
    for (const name of ['pump', 'heater']) order(before, name, 1);
    before.run(50);
    expect([7, 8].map((pin) => uno.level(pin))).toEqual(['high', 'low']);
    // The gateway comes back; the board never noticed.
    const bench = await ready({ outputs });
    bench.run(30);
    expect([7, 8].map((pin) => uno.level(pin))).toEqual(['low', 'high']);
    order(bench, 'pump', 1);
    bench.run(30);
    bench.rig.order({ id: 'again' as OrderId, kind: 'restart' });
    bench.run(300);
    expect(bench.rig.outcomes.at(-1)).toMatchObject({ id: 'again', kind: 'done' });
    expect([7, 8].map((pin) => uno.level(pin))).toEqual(['low', 'high']);
    order(bench, 'pump', 1);
    order(bench, 'valve', 90);
    bench.run(30);
    expect(uno.level(7)).toBe('high');
    uno.pressReset();
    expect(uno.start()).toBe(true);
    expect(bench.until(() => bench.rig.happenings.length > 0, 500)).toBe(true);
    expect(bench.rig.happenings[0]).toMatchObject({ what: 'board-restarted' });
    expect(bench.until(() => uno.level(8) === 'high', 500)).toBe(true);
    expect(uno.level(7)).toBe('low');
    // A servo that is ordered to where it stood is moved there all the same: the board has forgotten it.
    order(bench, 'valve', 90);
    bench.run(60);
    expect(Math.abs((uno.pulse(9)?.highUs ?? 0) - 1_500)).toBeLessThan(8);
  });

  it('that the board does not have are refused, and the others work', async () => {
    const bench = await ready({ outputs: { ...outputs, dim: { pin: 12, kind: 'pwm' } } });
    order(bench, 'dim', 50);
    expect(bench.rig.outcomes).toMatchObject([
      { code: 'not-possible', words: 'pin 12 of this board cannot be dimmed.' },
    ]);
    expect(bench.rig.statuses.at(-1)?.words).toContain('outputs.dim: pin 12 of this board cannot be dimmed.');
    order(bench, 'pump', 1);
    bench.run(30);
    expect(uno.level(7)).toBe('high');
  });
});
