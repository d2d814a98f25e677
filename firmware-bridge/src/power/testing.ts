import { type MonoNs, monoAfterMs, monoNs } from '@outpost/schemas/words';
import { learned, looked, mayNow, newPower, type Power, passed, type Sign, stateOf } from './power.ts';

export const T0 = monoNs(1_000_000_000_000n);
export const SECOND = 1_000;
export const HOUR = 3_600 * SECOND;

/** A car and a listener that does what it may: looks when it may look, asks when it may ask, samples every second. */
export const listen = (begin: Power = newPower(T0), from: MonoNs = T0) => {
  let power = begin;
  let now = from;
  const looks: { readonly atS: number; readonly blind: boolean }[] = [];
  /** Blind looks at a car that was parked, rather than one that was just driven. */
  const blind: number[] = [];
  const asked: number[] = [];
  const atS = (): number => Number(now - T0) / 1e9;
  const tell = (...signs: readonly Sign[]): void => {
    for (const sign of signs) power = learned(power, sign, now);
  };
  return {
    looks,
    blind,
    asked,
    get power() {
      return power;
    },
    get now() {
      return now;
    },
    tell,
    state: () => stateOf(power, now),
    /** Time passes, with a sample of the voltage at each step; `answers` is what the car says when it is asked. */
    wait: (
      ms: number,
      volts: number | ((s: number) => number),
      answers: readonly Sign[] = [],
      stepMs = SECOND,
    ): void => {
      for (let i = 0; i < ms / stepMs; i += 1) {
        now = monoAfterMs(now, stepMs);
        const v = typeof volts === 'number' ? volts : volts(i);
        tell({ kind: 'voltage', millivolts: Math.round(v * 1_000) });
        power = passed(power, now);
        const may = mayNow(power, now);
        if (may.kind === 'look') {
          looks.push({ atS: atS(), blind: may.blind });
          if (may.blind && power.mode === 'parked') blind.push(atS());
          power = looked(power, may.blind, now);
          tell(...(answers.length > 0 ? answers : [{ kind: 'nobody' } as const]));
        } else if (may.kind === 'ask') {
          asked.push(atS());
          tell(...(answers.length > 0 ? answers : [{ kind: 'nobody' } as const]));
        }
      }
    },
  };
};

export const DRIVING: readonly Sign[] = [
  { kind: 'answer' },
  { kind: 'engine', rpm: 1_500 },
  { kind: 'speed', kmh: 50 },
];
export const STANDING: readonly Sign[] = [
  { kind: 'answer' },
  { kind: 'engine', rpm: 0 },
  { kind: 'speed', kmh: 0 },
];
