import { describe, expect, it } from 'vitest';
import { decodePid, PIDS, pidByNumber, signalById, signalByName } from './index.ts';

/** Each value of a PID's data bytes in its unit, as a number. */
const values = (pid: number, ...bytes: readonly number[]): readonly number[] => {
  const result = decodePid(pid, Uint8Array.from(bytes));
  if (!result.ok) throw new Error(result.fault.words);
  return result.value.map(({ signal, mantissa }) => mantissa / 10 ** (signalById(signal)?.decimals ?? 0));
};

const range = (name: string): readonly (number | string | undefined)[] => {
  const row = signalByName(`Vehicle.${name}`);
  return [row?.min, row?.max, row?.unit];
};

/** What published lists of service 01 are known to have wrong, and that this one does not. */
describe('mistakes of published lists that are not here', () => {
  it('no trim at all is 0 %, not −28 %', () => {
    for (const pid of [0x06, 0x07, 0x08, 0x09, 0x55, 0x56, 0x57, 0x58]) {
      expect(values(pid, 0x80), pid.toString(16)).toEqual([0]);
      expect(values(pid, 0x80, 0x80), pid.toString(16)).toEqual([0, 0]);
      expect(values(pid, 0x00), pid.toString(16)).toEqual([-100]);
    }
    for (const pid of [0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b]) {
      expect(values(pid, 0x00, 0x80), pid.toString(16)).toEqual([0, 0]);
    }
  });

  it('no EGR error is 0 %', () => {
    expect(values(0x2d, 0x80)).toEqual([0]);
    expect(values(0x2d, 0x00)).toEqual([-100]);
    expect(values(0x69, 0x24, 0, 0, 0x80, 0, 0, 0x80)).toEqual([0, 0]);
  });

  it('injection timing runs from −210 to 301.992 degrees', () => {
    expect(values(0x5d, 0x00, 0x00)).toEqual([-210]);
    expect(values(0x5d, 0x69, 0x00)).toEqual([0]);
    expect(values(0x5d, 0xff, 0xff)).toEqual([301.992]);
  });

  it('the range of a pressure or voltage is in its own unit', () => {
    expect(range('OBD.EVAPVaporPressure')).toEqual([-8192, 8191.75, 'Pa']);
    expect(range('OBD.EVAPVaporPressureAlternate')).toEqual([-32_768, 32_767, 'Pa']);
    expect(range('OBD.ControlModuleVoltage')).toEqual([0, 65.535, 'V']);
  });

  it('oil reaches 215 °C and fuel 3276.75 l/h', () => {
    expect(values(0x5c, 0xff)).toEqual([215]);
    expect(values(0x5e, 0xff, 0xff)).toEqual([3276.75]);
  });

  it('a sensor voltage step is 8/65536 V, a lambda step 2/65536', () => {
    expect(values(0x24, 0x80, 0x00, 0x80, 0x00)).toEqual([1, 4]);
    expect(values(0x44, 0x80, 0x00)).toEqual([1]);
    const steps = [0x24, 0x34, 0x44].map((pid) => pidByNumber(pid)?.fields[0]);
    for (const step of steps) expect(step).toMatchObject({ mul: 2, div: 65_536, add: 0 });
    expect(pidByNumber(0x24)?.fields[1]).toMatchObject({ mul: 8, div: 65_536, add: 0 });
  });

  it('a vapour pressure has one sign, not one for each byte', () => {
    expect(values(0x32, 0x00, 0x80)).toEqual([32]);
    expect(values(0x32, 0xff, 0xfc)).toEqual([-1]);
    expect(values(0x32, 0x80, 0x00)).toEqual([-8192]);
    expect(values(0x54, 0x00, 0x80)).toEqual([128]);
  });

  it('the charging state stands beside the support bits, not among them', () => {
    expect(values(0x9a, 0x81, 0x00, 0, 0, 0, 0)).toEqual([0]);
    expect(values(0x9a, 0x01, 0x01, 0, 0, 0, 0)).toEqual([1]);
  });

  it('has the PIDs that are often left out', () => {
    const often = [0x16, 0x17, 0x1a, 0x1b, 0x6a, 0x6e, 0x6f, 0x71];
    for (let pid = 0x25; pid <= 0x2b; pid += 1) often.push(pid);
    for (let pid = 0x35; pid <= 0x3b; pid += 1) often.push(pid);
    for (let pid = 0x73; pid <= 0x7e; pid += 1) often.push(pid);
    for (let pid = 0x85; pid <= 0x8c; pid += 1) often.push(pid);
    const known = new Set(PIDS.map(({ pid }) => pid));
    expect(often.filter((pid) => !known.has(pid))).toEqual([]);
  });
});
