import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  centiCelsius,
  fineTemperature,
  humidity1024,
  pascals256,
  readTrim,
  type Trim,
} from './bosch-trim.ts';
import { CHIPS } from './index.ts';
import { crc8 } from './sensirion.ts';

/** Of the worked example in the data sheet of the BMP280 (1.19, §3.12). */
const EXAMPLE: Trim = {
  t: [27_504n, 26_435n, -1_000n],
  p: [36_477n, -10_685n, 3_024n, 2_855n, 140n, -7n, 15_500n, -14_600n, 6_000n],
  h: [75n, 362n, 0n, 313n, 50n, 30n],
};
const ADC_T = 519_888n;
const ADC_P = 415_148n;

/** The formulas in floating point that the data sheet of the BME280 gives beside the exact ones (§8.1). */
const celsiusByDoubles = ({ t }: Trim, adc: number): readonly [number, number] => {
  const [t1, t2, t3] = t.map(Number) as [number, number, number];
  const first = (adc / 16_384 - t1 / 1_024) * t2;
  const second = (adc / 131_072 - t1 / 8_192) ** 2 * t3;
  return [first + second, (first + second) / 5_120];
};

const pascalsByDoubles = ({ p }: Trim, fine: number, adc: number): number => {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = p.map(Number) as number[] & { length: 9 };
  const at = fine / 2 - 64_000;
  const second = (at * at * (p6 ?? 0)) / 32_768 + at * (p5 ?? 0) * 2;
  const offset = second / 4 + (p4 ?? 0) * 65_536;
  const slope = (1 + (((p3 ?? 0) * at * at) / 524_288 + (p2 ?? 0) * at) / 524_288 / 32_768) * (p1 ?? 0);
  const raw = ((1_048_576 - adc - offset / 4_096) * 6_250) / slope;
  return raw + (((p9 ?? 0) * raw * raw) / 2_147_483_648 + (raw * (p8 ?? 0)) / 32_768 + (p7 ?? 0)) / 16;
};

const humidityByDoubles = ({ h }: Trim, fine: number, adc: number): number => {
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h.map(Number);
  const at = fine - 76_800;
  const raw =
    (adc - (h4 * 64 + (h5 / 16_384) * at)) *
    ((h2 / 65_536) * (1 + (h6 / 67_108_864) * at * (1 + (h3 / 67_108_864) * at)));
  return Math.min(100, Math.max(0, raw * (1 - (h1 * raw) / 524_288)));
};

const word = (value: bigint): readonly number[] => [Number(value & 0xffn), Number((value >> 8n) & 0xffn)];

/** Its registers, as the chip lays them out. */
const registersOf = ({ t, p, h }: Trim): readonly [Uint8Array, Uint8Array] => {
  const [h1 = 0n, h2 = 0n, h3 = 0n, h4 = 0n, h5 = 0n, h6 = 0n] = h;
  const low = [...t, ...p].flatMap(word);
  const shared = (h4 & 0x0fn) | ((h5 & 0x0fn) << 4n);
  const high = [...word(h2), h3, (h4 >> 4n) & 0xffn, shared, (h5 >> 4n) & 0xffn, h6 & 0xffn].map(Number);
  return [Uint8Array.from([...low, 0, Number(h1)]), Uint8Array.from(high)];
};

const valuesOf = (name: string, ...answers: readonly (readonly number[] | Uint8Array)[]) =>
  CHIPS.get(name)?.values(answers.map((answer) => Uint8Array.from(answer)));

describe('the compensation of Bosch', () => {
  it('gives what the worked example of the data sheet gives', () => {
    const fine = fineTemperature(EXAMPLE, ADC_T);
    expect(fine).toBe(128_422n);
    expect(centiCelsius(fine)).toBe(2_508n);
    expect(Number(pascals256(EXAMPLE, fine, ADC_P)) / 256).toBeCloseTo(100_653.27, 1);
  });

  it('is what the formulas in floating point say, over the whole range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 380_000, max: 640_000 }),
        fc.integer({ min: 250_000, max: 600_000 }),
        fc.integer({ min: 15_000, max: 45_000 }),
        (temperature, pressure, humidity) => {
          const fine = fineTemperature(EXAMPLE, BigInt(temperature));
          const [fineDouble, celsius] = celsiusByDoubles(EXAMPLE, temperature);
          expect(Math.abs(Number(centiCelsius(fine)) / 100 - celsius)).toBeLessThan(0.011);
          const pascals = Number(pascals256(EXAMPLE, fine, BigInt(pressure))) / 256;
          expect(Math.abs(pascals - pascalsByDoubles(EXAMPLE, fineDouble, pressure))).toBeLessThan(1);
          const percent = Number(humidity1024(EXAMPLE, fine, BigInt(humidity))) / 1_024;
          expect(Math.abs(percent - humidityByDoubles(EXAMPLE, fineDouble, humidity))).toBeLessThan(0.05);
        },
      ),
    );
  });

  it('reads the trim from where the chip keeps it, signs included', () => {
    const trims: readonly Trim[] = [EXAMPLE, { ...EXAMPLE, h: [255n, -1n, 255n, -2_048n, 2_047n, -128n] }];
    for (const trim of trims) expect(readTrim(...registersOf(trim))).toEqual(trim);
  });

  it('of a whole BME280 gives temperature, pressure and humidity as mantissas', () => {
    const [low, high] = registersOf(EXAMPLE);
    const said = valuesOf(
      'bme280',
      [0x60],
      low,
      high,
      [0, 0x24, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0, 0x66, 0x66],
    );
    const humidity = Math.round(100 * humidityByDoubles(EXAMPLE, 128_422, 0x6666));
    expect(said).toEqual({
      ok: true,
      value: [
        { signal: 'Sensor.Temperature', mantissa: 2_508 },
        { signal: 'Sensor.Pressure', mantissa: 100_653 },
        { signal: 'Sensor.Humidity', mantissa: humidity },
      ],
    });
    expect(humidity).toBeGreaterThan(3_000);
  });

  it.each([
    ['bme280', 0x58, [0, 0x24, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0, 0x66, 0x66], 'a BMP280'],
    ['bme280', 0x60, [8, 0x25, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0, 0x66, 0x66], 'still measuring'],
    ['bme280', 0x60, [0, 0x24, 0, 0, 0x80, 0, 0, 0x80, 0, 0, 0x80, 0], 'measured nothing'],
    ['bmp280', 0x60, [0, 0x24, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0], 'a BME280'],
  ])('%s with identifier %i refuses %j', (name, id, measured, words) => {
    const [low, high] = registersOf(EXAMPLE);
    const answers = name === 'bme280' ? [[id], low, high, measured] : [[id], low, measured];
    expect(valuesOf(name, ...answers)).toMatchObject({
      ok: false,
      fault: { kind: 'malformed', words: expect.stringContaining(words) },
    });
  });

  it('refuses a chip whose trim is empty', () => {
    const none = new Uint8Array(26);
    const measured = [0, 0x24, 0, 0, 0x65, 0x5a, 0xc0, 0x7e, 0xed, 0];
    expect(valuesOf('bmp280', [0x58], none, measured)).toMatchObject({ ok: false });
  });
});

describe('chips with a checksum', () => {
  it('have the one of the data sheet', () => {
    expect(crc8(Uint8Array.of(0xbe, 0xef))).toBe(0x92);
  });

  const pair = (word: number): readonly number[] => {
    const bytes = [word >> 8, word & 0xff];
    return [...bytes, crc8(Uint8Array.from(bytes))];
  };

  it.each([
    ['sht3x', 0, 0, -4_500, 0],
    ['sht3x', 0xffff, 0xffff, 13_000, 10_000],
    ['sht3x', 0x6666, 0x8000, 2_500, 5_000],
    ['sht4x', 0x6666, 0x8000, 2_500, 5_650],
    ['sht4x', 0x6666, 0xffff, 2_500, 10_000],
    ['sht4x', 0x6666, 0, 2_500, 0],
  ])('%s with %i and %i says %i and %i hundredths', (name, temperature, humidity, celsius, percent) => {
    expect(valuesOf(name, [...pair(temperature), ...pair(humidity)])).toEqual({
      ok: true,
      value: [
        { signal: 'Sensor.Temperature', mantissa: celsius },
        { signal: 'Sensor.Humidity', mantissa: percent },
      ],
    });
    const damaged = [...pair(temperature), ...pair(humidity)];
    damaged[4] = (damaged[4] ?? 0) ^ 1;
    expect(valuesOf(name, damaged)).toMatchObject({ ok: false });
  });

  it('of the AHT20 are read bit by bit, and not while it measures', () => {
    const frame = (status: number): readonly number[] => {
      const bytes = [status, 0x80, 0x00, 0x06, 0x00, 0x00];
      return [...bytes, crc8(Uint8Array.from(bytes))];
    };
    expect(valuesOf('aht20', frame(0x1c))).toEqual({
      ok: true,
      value: [
        { signal: 'Sensor.Temperature', mantissa: 2_500 },
        { signal: 'Sensor.Humidity', mantissa: 5_000 },
      ],
    });
    expect(valuesOf('aht20', frame(0x9c))).toMatchObject({ ok: false });
    expect(valuesOf('aht20', [...frame(0x1c).slice(0, 6), 0])).toMatchObject({ ok: false });
  });
});
