import { ok, type Result } from '@outpost/schemas/words';
import { type Chip, type ChipStep, type ChipValue, wrongAnswer } from './chip.ts';

/** CRC-8 with polynomial 0x31 from 0xff: of 0xbe 0xef it is 0x92 (data sheet of the SHT3x-DIS, §4.12). */
export const crc8 = (bytes: Uint8Array): number => {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x80 ? 0x31 : 0)) & 0xff;
  }
  return crc;
};

/** raw × span / 65,535 + offset, to the nearest. */
const scaled = (raw: number, span: number, offset: number): number =>
  Math.round((raw * span) / 65_535) + offset;

/** Two bytes and their checksum, twice. */
const words = (name: string, bytes: Uint8Array): Result<readonly [number, number]> => {
  for (const at of [0, 3]) {
    if (crc8(bytes.subarray(at, at + 2)) !== bytes[at + 2])
      return wrongAnswer(name, 'its checksum is wrong; is it wired well?');
  }
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ok([word(0), word(3)]);
};

interface Make {
  readonly name: string;
  readonly addresses: readonly [number, ...number[]];
  readonly measure: readonly ChipStep[];
  /** Hundredths of a percent from the raw value. */
  humidity(raw: number): number;
}

const chip = ({ name, addresses, measure, humidity }: Make): Chip => ({
  name,
  addresses,
  signals: ['Sensor.Temperature', 'Sensor.Humidity'],
  prepare: [],
  measure: [...measure, { kind: 'read', register: undefined, count: 6 }],
  values: (answers): Result<readonly ChipValue[]> => {
    const raw = words(name, answers[0] ?? new Uint8Array());
    if (!raw.ok) return raw;
    const [temperature, relative] = raw.value;
    return ok([
      { signal: 'Sensor.Temperature', mantissa: scaled(temperature, 17_500, -4_500) },
      { signal: 'Sensor.Humidity', mantissa: humidity(relative) },
    ]);
  },
});

/** One measurement of high repeatability without clock stretching, 15.5 ms at most (data sheet, §4.3 and table 4). */
export const sht3x: Chip = chip({
  name: 'sht3x',
  addresses: [0x44, 0x45],
  measure: [
    { kind: 'write', bytes: [0x24, 0x00] },
    { kind: 'wait', ms: 50 },
  ],
  humidity: (raw) => scaled(raw, 10_000, 0),
});

/** One measurement of high precision, 8.3 ms at most; what is beyond 0 and 100 % is cropped (data sheet, §4.5, §4.6). */
export const sht4x: Chip = chip({
  name: 'sht4x',
  addresses: [0x44, 0x45, 0x46],
  measure: [
    { kind: 'write', bytes: [0xfd] },
    { kind: 'wait', ms: 50 },
  ],
  humidity: (raw) => Math.min(10_000, Math.max(0, scaled(raw, 12_500, -600))),
});
