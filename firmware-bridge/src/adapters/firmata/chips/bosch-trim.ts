/** What each Bosch BMP280 and BME280 was trimmed with at the factory. */
export interface Trim {
  readonly t: readonly [bigint, bigint, bigint];
  readonly p: readonly bigint[];
  readonly h: readonly bigint[];
}

const unsigned = (low: number, high: number): number => low | (high << 8);
const signed = (low: number, high: number): number => (unsigned(low, high) << 16) >> 16;
const signedByte = (byte: number): number => (byte << 24) >> 24;

/** Registers 0x88 to 0xa1 and, of the BME280, 0xe1 to 0xe7 (BME280 data sheet 1.6, table 16). */
export const readTrim = (low: Uint8Array, high: Uint8Array): Trim => {
  const at = (index: number): number => low[index] ?? 0;
  const word = (index: number, read: typeof signed): bigint => BigInt(read(at(index), at(index + 1)));
  const [h2Low = 0, h2High = 0, h3 = 0, e4 = 0, e5 = 0, e6 = 0, h6 = 0] = high;
  return {
    t: [word(0, unsigned), word(2, signed), word(4, signed)],
    p: [6, 8, 10, 12, 14, 16, 18, 20, 22].map((index) => word(index, index === 6 ? unsigned : signed)),
    h: [
      at(25),
      signed(h2Low, h2High),
      h3,
      signedByte(e4) * 16 + (e5 & 0x0f),
      signedByte(e6) * 16 + (e5 >> 4),
      signedByte(h6),
    ].map(BigInt),
  };
};

/** The temperature that the other two are compensated with, in 1/5120 °C (BME280 data sheet §4.2.3). */
export const fineTemperature = ({ t: [t1, t2, t3] }: Trim, adc: bigint): bigint => {
  const first = (((adc >> 3n) - (t1 << 1n)) * t2) >> 11n;
  const second = (((((adc >> 4n) - t1) * ((adc >> 4n) - t1)) >> 12n) * t3) >> 14n;
  return first + second;
};

/** Hundredths of a degree Celsius (BME280 data sheet §4.2.3). */
export const centiCelsius = (fine: bigint): bigint => (fine * 5n + 128n) >> 8n;

/** 1/256 Pa, by the 64-bit formula; undefined where the trim allows none (BME280 data sheet §4.2.3). */
export const pascals256 = ({ p }: Trim, fine: bigint, adc: bigint): bigint | undefined => {
  const [p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n, p6 = 0n, p7 = 0n, p8 = 0n, p9 = 0n] = p;
  const offset = fine - 128_000n;
  const second = offset * offset * p6 + ((offset * p5) << 17n) + (p4 << 35n);
  const scaled = ((offset * offset * p3) >> 8n) + ((offset * p2) << 12n);
  const first = (((1n << 47n) + scaled) * p1) >> 33n;
  if (first === 0n) return undefined;
  const raw = (((1_048_576n - adc) << 31n) - second) * 3_125n;
  const pressure = raw / first;
  const correction = ((p9 * (pressure >> 13n) * (pressure >> 13n)) >> 25n) + ((p8 * pressure) >> 19n);
  return ((pressure + correction) >> 8n) + (p7 << 4n);
};

/** 1/1024 % relative humidity, 0 to 100 % (BME280 data sheet §4.2.3). */
export const humidity1024 = ({ h }: Trim, fine: bigint, adc: bigint): bigint => {
  const [h1 = 0n, h2 = 0n, h3 = 0n, h4 = 0n, h5 = 0n, h6 = 0n] = h;
  const offset = fine - 76_800n;
  const slope = ((((offset * h6) >> 10n) * (((offset * h3) >> 11n) + 32_768n)) >> 10n) + 2_097_152n;
  const linear =
    (((adc << 14n) - (h4 << 20n) - h5 * offset + 16_384n) >> 15n) * ((slope * h2 + 8_192n) >> 14n);
  const curved = linear - (((((linear >> 15n) * (linear >> 15n)) >> 7n) * h1) >> 4n);
  const limited = curved < 0n ? 0n : curved > 419_430_400n ? 419_430_400n : curved;
  return limited >> 12n;
};
