import type { I2cChip } from './i2c-bus.ts';

/** What a converter inside the chip counts. */
export interface Bme280Counts {
  readonly temperature: number;
  readonly pressure: number;
  readonly humidity: number;
}

/** Trim of the worked example in the data sheet of the BMP280 (1.19, §3.12): 27504, 26435, −1000, 36477, … */
const TRIM_LOW: readonly number[] = [
  27_504, 26_435, -1_000, 36_477, -10_685, 3_024, 2_855, 140, -7, 15_500, -14_600, 6_000,
].flatMap((word) => [word & 0xff, (word >> 8) & 0xff]);
/** H1 = 75, H2 = 362, H3 = 0, H4 = 313, H5 = 50, H6 = 30: of a chip that was read out. */
const TRIM_H1 = 75;
const TRIM_HIGH: readonly number[] = [0x6a, 0x01, 0x00, 0x13, 0x29, 0x03, 0x1e];

/** Counts with which that example gives 25.08 °C and 100,653 Pa. */
export const EXAMPLE_COUNTS: Bme280Counts = { temperature: 519_888, pressure: 415_148, humidity: 26_214 };

/** Longest measurement of all three once (data sheet §9.1). */
const MEASURES_MS = 9.3;

const twenty = (count: number): readonly number[] => [
  (count >> 12) & 0xff,
  (count >> 4) & 0xff,
  (count & 0x0f) << 4,
];

/** A BME280 as its data sheet describes it (1.6, §5.3, §6.2): asleep but for measurements that are forced. */
export const bme280 = (address: number, counts: () => Bme280Counts): I2cChip => {
  const registers = new Uint8Array(256);
  registers[0xd0] = 0x60;
  registers.set(TRIM_LOW, 0x88);
  registers[0xa1] = TRIM_H1;
  registers.set(TRIM_HIGH, 0xe1);
  registers.set([0x80, 0, 0, 0x80, 0, 0, 0x80, 0], 0xf7);
  let pointer = 0;
  let isPointing = false;
  let readyAt: number | undefined;
  let measuresHumidity = false;

  const settle = (nowMs: number): void => {
    if (readyAt === undefined || nowMs < readyAt) return;
    readyAt = undefined;
    const { temperature, pressure, humidity } = counts();
    const wet = measuresHumidity ? [humidity >> 8, humidity & 0xff] : [0x80, 0];
    registers.set([...twenty(pressure), ...twenty(temperature), ...wet], 0xf7);
    registers[0xf3] = 0;
    registers[0xf4] = (registers[0xf4] ?? 0) & ~0x03;
  };

  const store = (register: number, byte: number, nowMs: number): void => {
    if (register !== 0xf2 && register !== 0xf4 && register !== 0xf5) return;
    registers[register] = byte;
    // Only forced measurements: that is what is asked for here.
    if (register !== 0xf4 || (byte & 0x03) === 0) return;
    readyAt = nowMs + MEASURES_MS;
    measuresHumidity = ((registers[0xf2] ?? 0) & 0x07) !== 0;
    registers[0xf3] = 0x08;
  };

  return {
    address,
    begin: (isWrite, nowMs) => {
      settle(nowMs);
      isPointing = isWrite;
      return true;
    },
    write: (byte, nowMs) => {
      if (isPointing) {
        pointer = byte;
        isPointing = false;
      } else {
        store(pointer, byte, nowMs);
        isPointing = true;
      }
      return true;
    },
    read: () => {
      const byte = registers[pointer] ?? 0xff;
      pointer = (pointer + 1) & 0xff;
      return byte;
    },
  };
};

const crcOf = (bytes: readonly number[]): number => {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ 0x131) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
};

const checked = (word: number): readonly number[] => {
  const bytes = [word >> 8, word & 0xff];
  return [...bytes, crcOf(bytes)];
};

/** A Sensirion SHT3x: no registers, one command, and no answer before it has measured (data sheet, §4.1 to §4.4). */
export const sht3x = (
  address: number,
  words: () => readonly [temperature: number, humidity: number],
): I2cChip => {
  let command: number[] = [];
  let readyAt = Number.POSITIVE_INFINITY;
  let answer: readonly number[] = [];
  let at = 0;
  return {
    address,
    begin: (isWrite, nowMs) => {
      if (isWrite) {
        command = [];
        return true;
      }
      if (nowMs < readyAt) return false;
      readyAt = Number.POSITIVE_INFINITY;
      answer = words().flatMap(checked);
      at = 0;
      return true;
    },
    write: (byte, nowMs) => {
      command.push(byte);
      if (command.length === 2 && command[0] === 0x24 && command[1] === 0x00) readyAt = nowMs + 15.5;
      return command.length <= 2;
    },
    read: () => {
      const byte = answer[at] ?? 0xff;
      at += 1;
      return byte;
    },
  };
};
