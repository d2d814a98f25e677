import { ok, type Result } from '@outpost/schemas/words';
import { centiCelsius, fineTemperature, humidity1024, pascals256, readTrim } from './bosch-trim.ts';
import { type Chip, type ChipValue, wrongAnswer } from './chip.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x55, 'a BMP180'],
  [0x56, 'a BMP280'],
  [0x57, 'a BMP280'],
  [0x58, 'a BMP280'],
  [0x60, 'a BME280'],
  [0x61, 'a BME680'],
]);

/** Register 0xf3: a measurement runs. */
const MEASURING = 0x08;
/** Register 0xf4: the mode, 0 once a forced measurement has ended. */
const MODE = 0x03;
/** What a channel gives that was not measured. */
const SKIPPED_20 = 0x80000;
const SKIPPED_16 = 0x8000;

const twenty = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4);

interface Raw {
  readonly pressure: number;
  readonly temperature: number;
  /** Undefined of a chip that measures none. */
  readonly humidity: number | undefined;
}

/** Registers 0xf3 on: status, ctrl_meas, config, a reserved one, then the three values, highest byte first. */
const rawOf = (name: string, bytes: Uint8Array): Result<Raw> => {
  const [status = 0, control = 0] = bytes;
  if ((status & MEASURING) !== 0 || (control & MODE) !== 0)
    return wrongAnswer(name, 'it was still measuring when it was read.');
  const [pressure, temperature] = [twenty(bytes, 4), twenty(bytes, 7)];
  const humidity = bytes.length > 10 ? ((bytes[10] ?? 0) << 8) | (bytes[11] ?? 0) : undefined;
  if (pressure === SKIPPED_20 || temperature === SKIPPED_20 || humidity === SKIPPED_16)
    return wrongAnswer(name, 'it has measured nothing.');
  return ok({ pressure, temperature, humidity });
};

const valuesOf = (
  name: string,
  low: Uint8Array,
  high: Uint8Array,
  bytes: Uint8Array,
): Result<readonly ChipValue[]> => {
  const raw = rawOf(name, bytes);
  if (!raw.ok) return raw;
  const trim = readTrim(low, high);
  const fine = fineTemperature(trim, BigInt(raw.value.temperature));
  const pressure = pascals256(trim, fine, BigInt(raw.value.pressure));
  if (pressure === undefined) return wrongAnswer(name, 'it gives no trim of its own; is it wired well?');
  const values = [
    { signal: 'Sensor.Temperature', mantissa: Number(centiCelsius(fine)) },
    { signal: 'Sensor.Pressure', mantissa: Number((pressure + 128n) >> 8n) },
  ];
  if (raw.value.humidity === undefined) return ok(values);
  const humidity = humidity1024(trim, fine, BigInt(raw.value.humidity));
  return ok([...values, { signal: 'Sensor.Humidity', mantissa: Number((humidity * 100n + 512n) >> 10n) }]);
};

const ID = { kind: 'read', register: 0xd0, count: 1 } as const;
const TRIM_LOW = { kind: 'read', register: 0x88, count: 26 } as const;
const TRIM_HIGH = { kind: 'read', register: 0xe1, count: 7 } as const;
/** Temperature and pressure once each, then asleep again: as for a weather station (data sheet §3.5.1). */
const FORCE = { kind: 'write', bytes: [0xf4, 0x25] } as const;
/** Humidity once; takes effect with the write above. */
const HUMIDITY_ONCE = { kind: 'write', bytes: [0xf2, 0x01] } as const;
/** The longest measurement of all three takes 9.3 ms (data sheet §9.1); a board that is busy begins it later. */
const MEASURE = { kind: 'wait', ms: 50 } as const;

interface Make {
  readonly name: string;
  readonly ids: readonly number[];
  readonly hasHumidity: boolean;
}

const chip = ({ name, ids, hasHumidity }: Make): Chip => ({
  name,
  addresses: [0x76, 0x77],
  signals: ['Sensor.Temperature', 'Sensor.Pressure', ...(hasHumidity ? ['Sensor.Humidity'] : [])],
  prepare: hasHumidity ? [ID, TRIM_LOW, TRIM_HIGH] : [ID, TRIM_LOW],
  measure: [
    ...(hasHumidity ? [HUMIDITY_ONCE] : []),
    FORCE,
    MEASURE,
    { kind: 'read', register: 0xf3, count: hasHumidity ? 12 : 10 },
  ],
  values: (answers) => {
    const [id = 0] = answers[0] ?? [];
    if (!ids.includes(id)) {
      const other = NAMES.get(id) ?? `no such chip (identifier 0x${id.toString(16)})`;
      return wrongAnswer(
        name,
        `what answers is ${other}; is it wired well, and is the right chip configured?`,
      );
    }
    const none = new Uint8Array();
    return valuesOf(
      name,
      answers[1] ?? none,
      hasHumidity ? (answers[2] ?? none) : none,
      answers.at(-1) ?? none,
    );
  },
});

export const bme280: Chip = chip({ name: 'bme280', ids: [0x60], hasHumidity: true });
/** 0x56 and 0x57 are samples (data sheet of the BMP280, §4.3.1). */
export const bmp280: Chip = chip({ name: 'bmp280', ids: [0x56, 0x57, 0x58], hasHumidity: false });
