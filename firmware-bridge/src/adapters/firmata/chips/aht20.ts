import { ok } from '@outpost/schemas/words';
import { type Chip, wrongAnswer } from './chip.ts';
import { crc8 } from './sensirion.ts';

const BUSY = 0x80;

/** Aosong AHT20 and AHT21 (data sheet of the AHT20, §5.3 and §6): 20 bits each, and a checksum. */
export const aht20: Chip = {
  name: 'aht20',
  addresses: [0x38],
  signals: ['Sensor.Temperature', 'Sensor.Humidity'],
  prepare: [
    { kind: 'write', bytes: [0xbe, 0x08, 0x00] },
    { kind: 'wait', ms: 10 },
  ],
  measure: [
    { kind: 'write', bytes: [0xac, 0x33, 0x00] },
    { kind: 'wait', ms: 120 },
    { kind: 'read', register: undefined, count: 7 },
  ],
  values: ([bytes = new Uint8Array()]) => {
    const [status = 0, h0 = 0, h1 = 0, middle = 0, t1 = 0, t2 = 0, crc] = bytes;
    if (crc8(bytes.subarray(0, 6)) !== crc)
      return wrongAnswer('aht20', 'its checksum is wrong; is it wired well?');
    if ((status & BUSY) !== 0) return wrongAnswer('aht20', 'it was still measuring when it was read.');
    const humidity = (h0 << 12) | (h1 << 4) | (middle >> 4);
    const temperature = ((middle & 0x0f) << 16) | (t1 << 8) | t2;
    return ok([
      { signal: 'Sensor.Temperature', mantissa: Math.round((temperature * 20_000) / 2 ** 20) - 5_000 },
      { signal: 'Sensor.Humidity', mantissa: Math.round((humidity * 10_000) / 2 ** 20) },
    ]);
  },
};
