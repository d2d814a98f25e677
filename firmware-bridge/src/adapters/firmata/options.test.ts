import { describe, expect, it } from 'vitest';
import { checkOptions } from './options.ts';
import { optionsOf } from './testing.ts';

describe('options', () => {
  it.each([
    [
      { speed: 1 },
      'options.speed: is not known; there are samplingMs, digitalEveryMs, analog, digital, climate, outputs.',
    ],
    [{ samplingMs: 5 }, 'options.samplingMs: must be a number from 10 to 16383.'],
    [{ analog: [] }, 'options.analog: must be an object with your names'],
    [{ analog: { A0: {} } }, 'options.analog.A0: must be named with'],
    [
      { analog: { a: { channel: 16, signal: 'Sensor.Voltage' } } },
      'options.analog.a.channel: must be 0 to 15',
    ],
    [
      { analog: { a: { channel: 0, signal: 'Sensor.Warmth' } } },
      'options.analog.a.signal: must be the name of a signal',
    ],
    [{ analog: { a: { channel: 0, signal: 'Sensor.Level' } } }, 'options.analog.a.factor: is missing'],
    [
      { analog: { a: { channel: 0, signal: 'Sensor.Level', factor: 'x' } } },
      'options.analog.a.factor: must be a decimal',
    ],
    [{ digital: { d: { pin: 2.5 } } }, 'options.digital.d.pin: must be the number of a pin'],
    [{ digital: { d: { pin: 2, pull: true } } }, 'options.digital.d.pull: is not known'],
    [
      { digital: { d: { pin: 2, signal: 'Sensor.Voltage' } } },
      'options.digital.d.signal: must be a signal that is 0 or 1',
    ],
    [{ digital: { d: { pin: 2, invert: 1 } } }, 'options.digital.d.invert: must be true or false.'],
    [
      { climate: { c: { chip: 'dht22' } } },
      'options.climate.c.chip: must be one of aht20, bme280, bmp280, sht3x, sht4x.',
    ],
    [
      { climate: { c: { chip: 'bme280', address: 68 } } },
      'options.climate.c.address: must be one of 118 (0x76), 119 (0x77).',
    ],
    [
      { outputs: { o: { pin: 7, kind: 'motor' } } },
      'options.outputs.o.kind: must be one of relay, digital, pwm, servo, light.',
    ],
    [
      { outputs: { o: { pin: 7, kind: 'relay', contact: 'X' } } },
      'options.outputs.o.contact: must be "NO" or "NC".',
    ],
    [{ outputs: { o: { pin: 7, kind: 'relay', safe: 2 } } }, 'options.outputs.o.safe: must be 0 or 1.'],
    [{ outputs: { o: { pin: 7, kind: 'light', safe: 1 } } }, 'options.outputs.o.safe: is not known'],
    [
      { outputs: { o: { pin: 9, kind: 'servo', minDegrees: 90, maxDegrees: 10 } } },
      'options.outputs.o.maxDegrees: must be',
    ],
    [
      { outputs: { o: { pin: 9, kind: 'servo', maxDegrees: 90, safe: 100 } } },
      'options.outputs.o.safe: must be a number from 0 to 90.',
    ],
    [
      { outputs: { a: { pin: 7, kind: 'relay' } }, digital: { b: { pin: 7 } } },
      'options.outputs.a: has pin 7, which digital.b has already.',
    ],
    [
      { climate: { a: { chip: 'bme280' }, b: { chip: 'bmp280' } } },
      'options.climate.b: has address 118, which climate.a has already.',
    ],
  ])('%j are refused: %s', (options, words) => {
    const checked = checkOptions(options);
    expect(checked).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    if (!checked.ok) expect(`${checked.fault.where}: ${checked.fault.words}`).toContain(words);
  });

  it('are filled in where nothing is said', () => {
    expect(optionsOf(undefined)).toMatchObject({ samplingMs: 1_000, digitalEveryMs: 60_000, outputs: [] });
    expect(optionsOf({ outputs: { arm: { pin: 9, kind: 'servo' } } }).outputs).toEqual([
      {
        name: 'arm',
        pin: 9,
        kind: 'servo',
        minDegrees: 0,
        maxDegrees: 180,
        minUs: 600,
        maxUs: 2_400,
        safe: undefined,
      },
    ]);
  });

  it('are no more than a board has room for', () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, pin) => [`p${pin}`, { pin }]));
    expect(checkOptions({ digital: many })).toMatchObject({ ok: false });
  });
});
