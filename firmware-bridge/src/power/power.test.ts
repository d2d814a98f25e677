import { type MonoNs, monoAfterMs, monoNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powerFrom, powerText } from './kept.ts';
import { POWER_LIMITS } from './limits.ts';
import { learned, looked, mayNow, newPower, type Power, passed, type Sign, stateOf } from './power.ts';
import { accountWords, powerFacts, powerWords } from './words.ts';

const T0 = monoNs(1_000_000_000_000n);
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A car and a listener that does what it may: looks when it may look, asks when it may ask, samples every second. */
const listen = (begin: Power = newPower(T0), from: MonoNs = T0) => {
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

const DRIVING: readonly Sign[] = [
  { kind: 'answer' },
  { kind: 'engine', rpm: 1_500 },
  { kind: 'speed', kmh: 50 },
];
const STANDING: readonly Sign[] = [{ kind: 'answer' }, { kind: 'engine', rpm: 0 }, { kind: 'speed', kmh: 0 }];

describe('a parked car', () => {
  it('is looked for once at the beginning, then 4 times an hour at most, 12 times a day at most, ever more rarely', () => {
    const car = listen();
    car.wait(24 * HOUR, 12.5, [], 10 * SECOND);
    expect(car.looks.filter(({ blind }) => !blind)).toEqual([{ atS: 10, blind: false }]);
    const blind = car.looks.filter((look) => look.blind).map(({ atS }) => atS);
    expect(blind.length).toBeGreaterThan(4);
    expect(blind.length).toBeLessThanOrEqual(12);
    expect(blind.filter((atS) => atS < 3_600).length).toBeLessThanOrEqual(4);
    expect((blind.at(-1) ?? 0) - (blind.at(-2) ?? 0)).toBe(6 * 3_600);
    expect(car.asked).toEqual([]);
    expect(car.state()).toBe('parked');
  });

  it.each([
    ['a rise of 0.2 V within a second', [12.4, 12.6]],
    ['a fall of 0.3 V within a second', [12.6, 12.3]],
    ['13.2 V', [13.1, 13.2]],
    ['a starter that turns for two seconds', [12.5, 9.8, 10.4, 12.1]],
  ])('is looked for at once after %s', (_, volts) => {
    const car = listen();
    car.wait(20 * 60 * SECOND, volts[0] ?? 0);
    const before = car.looks.length;
    car.wait(volts.length * SECOND, (s) => volts[s] ?? 0);
    expect(car.looks.slice(before).map(({ blind }) => blind)).toEqual([false]);
  });

  it('is not looked for after 0.2 V over a minute, or after movement only', () => {
    const car = listen();
    car.wait(20 * 60 * SECOND, 12.4);
    const before = car.looks.length;
    car.wait(60 * SECOND, (s) => 12.4 + (0.2 * s) / 60);
    expect(car.looks.length).toBe(before);
    car.tell({ kind: 'motion' });
    car.wait(SECOND, 12.6);
    expect(car.looks.slice(before).map(({ blind }) => blind)).toEqual([false]);
  });

  it('whose voltage flutters is looked for a few times an hour, not each time', () => {
    const car = listen();
    car.wait(2 * HOUR, (s) => (s % 10 < 5 ? 12.4 : 12.7));
    expect(car.looks.length).toBeLessThan(20);
  });

  it('that each blind look wakes is looked for every six hours, and its owner is told', () => {
    const car = listen();
    let wokenAt = 0;
    for (let hour = 0; hour < 40; hour += 1) {
      // Awake, the car draws the voltage down within a minute, and the voltage comes back when it sleeps.
      car.wait(
        HOUR,
        () => (car.looks.length > wokenAt && car.power.mode === 'awake' ? 12.3 : 12.6),
        STANDING,
      );
      wokenAt = 1;
    }
    expect(car.power.wokenInARow).toBeGreaterThanOrEqual(3);
    const blind = car.looks.filter((look) => look.blind).map(({ atS }) => atS);
    expect((blind.at(-1) ?? 0) - (blind.at(-2) ?? 0)).toBeGreaterThanOrEqual(6 * 3_600);
    expect(powerWords(car.power, car.now)).toContain('every six hours only');
    expect(accountWords(car.power, car.now)).toMatch(/woke your car \d+ times and used 0\.\d Ah/);
  });
});

describe('a car that is driven', () => {
  const drive = () => {
    const car = listen();
    car.wait(10 * SECOND, 12.4);
    car.wait(600 * SECOND, 14.1, DRIVING);
    return car;
  };

  it('is asked without a break, whatever its voltage', () => {
    for (const volts of [14.4, 12.8, 12.1]) {
      const car = listen();
      car.wait(1_800 * SECOND, volts, DRIVING);
      expect([car.state(), car.asked.length]).toEqual(['driving', 1_799]);
    }
    const sinking = drive();
    const asked = sinking.asked.length;
    sinking.wait(600 * SECOND, 11.5, DRIVING);
    expect([sinking.state(), sinking.asked.length]).toEqual(['driving', asked + 600]);
  });

  it('counts as driven until it was silent for two minutes, and is asked little meanwhile', () => {
    const car = drive();
    const before = car.looks.length;
    car.wait(119 * SECOND, 12.7);
    expect(car.state()).toBe('driving');
    expect(car.looks.length - before).toBeLessThanOrEqual(8);
    car.wait(20 * SECOND, 12.7);
    expect(car.state()).toBe('parked');
  });

  it('that answers for ever after it was switched off is left alone after five minutes', () => {
    const car = drive();
    const asked = car.asked.length;
    car.wait(HOUR, 12.6, STANDING);
    expect(car.state()).not.toBe('driving');
    // Five minutes of questions, then single blind looks of a minute each.
    expect(car.asked.length - asked).toBeLessThan(300 + 4 * 61);
  });

  it('is asked on while it is being charged', () => {
    const car = listen();
    car.wait(10 * SECOND, 12.4);
    car.wait(HOUR, 13.8, STANDING);
    expect([car.state(), car.asked.length]).toEqual(['charging', 3_599]);
  });

  it('goes on at once after its dongle was away for a moment', () => {
    const car = drive();
    const again = powerFrom(powerText(car.power, car.now), 0, monoAfterMs(car.now, 5 * SECOND));
    expect(mayNow(again, monoAfterMs(car.now, 5 * SECOND))).toEqual({ kind: 'look', blind: false });
  });
});

describe('a battery', () => {
  it('below 12.2 V for 300 s is left alone until it is well again', () => {
    const car = listen();
    car.wait(HOUR, 12.5);
    car.wait(299 * SECOND, 12.1);
    expect(car.state()).toBe('parked');
    car.wait(2 * SECOND, 12.1);
    expect(car.state()).toBe('stopped');
    const looks = car.looks.length;
    car.wait(10 * HOUR, 12.3);
    expect([car.state(), car.looks.length]).toEqual(['stopped', looks]);
    expect(mayNow(car.power, car.now)).toMatchObject({ kind: 'local', sleep: true });
    expect(powerWords(car.power, car.now)).toContain('12.3 V');
    car.wait(61 * SECOND, 12.5);
    expect(car.state()).toBe('parked');
    expect(car.looks.length).toBe(looks + 1);
  });

  it('below 11.8 V is left alone at once, and after 5 s where it fell suddenly', () => {
    const slowly = listen();
    slowly.wait(60 * SECOND, (s) => 12.3 - s / 100);
    slowly.wait(2 * SECOND, 11.75);
    expect(slowly.state()).toBe('stopped');
    const suddenly = listen();
    suddenly.wait(60 * SECOND, 12.5);
    const looks = suddenly.looks.length;
    suddenly.wait(4 * SECOND, 11.2);
    expect([suddenly.state(), suddenly.looks.length]).toEqual(['parked', looks]);
    suddenly.wait(3 * SECOND, 11.2);
    expect([suddenly.state(), suddenly.looks.length]).toEqual(['stopped', looks]);
  });

  it('that a starter pulled down while the car was looked for does not end the looking', () => {
    const car = listen();
    car.wait(60 * SECOND, 12.6);
    car.wait(SECOND, 12.3);
    // The look takes six seconds, and the next sample is taken amid the cranking.
    car.wait(6 * SECOND, 10, [], 6 * SECOND);
    expect(car.state()).toBe('parked');
    const looks = car.looks.length;
    car.wait(6 * SECOND, (s) => (s === 0 ? 12 : 14.2), DRIVING);
    expect([car.looks.length, car.state()]).toEqual([looks + 1, 'driving']);
  });

  it('that is charged again is a reason to look', () => {
    const car = listen();
    car.wait(400 * SECOND, 12.0);
    expect(car.state()).toBe('stopped');
    const looks = car.looks.length;
    car.wait(SECOND, 14.2, DRIVING);
    expect(car.looks.length).toBe(looks + 1);
  });
});

describe('the account', () => {
  it('outlives connections and restarts, and its budgets too', () => {
    const car = listen();
    car.wait(2 * HOUR, 12.5, [], 10 * SECOND);
    const text = powerText(car.power, car.now);
    const later = monoNs(5_000_000_000n);
    const again = listen(powerFrom(text, 0, later), later);
    const blind = car.looks.filter((look) => look.blind).length;
    again.wait(22 * HOUR, 12.5, [], 10 * SECOND);
    expect(blind + again.looks.filter((look) => look.blind).length).toBeLessThanOrEqual(12);
    expect(powerFacts(again.power, again.now)['power']).toBe('parked');
    for (const bad of ['', '{}', 'null', '{"blind":[-1]}', text.slice(1)]) {
      expect(powerFrom(bad, 0, T0)).toEqual(newPower(T0));
    }
  });

  it('of a connection that comes and goes does not look at the car each time', () => {
    let now = T0;
    let text: string | undefined;
    let looks = 0;
    for (let i = 0; i < 500; i += 1) {
      const car = listen(powerFrom(text, 7_000, now), now);
      car.wait(5 * SECOND, 12.5);
      looks += car.looks.length;
      text = powerText(car.power, car.now);
      now = monoAfterMs(car.now, 7_000);
    }
    // A hundred minutes: the gaps double from one minute to fifteen.
    expect(looks).toBeLessThan(16);
  });

  it('never allows more than its budgets, whatever happens', () => {
    const happening = fc.record({
      minutes: fc.integer({ min: 1, max: 90 }),
      volts: fc.constantFrom(11.5, 12.0, 12.3, 12.6, 13.5),
      answers: fc.constantFrom([], STANDING, DRIVING),
    });
    fc.assert(
      fc.property(fc.array(happening, { minLength: 5, maxLength: 12 }), (happenings) => {
        const car = listen();
        for (const { minutes, volts, answers } of happenings) {
          const before = car.asked.length + car.looks.length;
          car.wait(minutes * 60 * SECOND, volts, answers, 5 * SECOND);
          const stopped = volts < 12.2 && answers !== DRIVING && minutes > 10;
          if (stopped) {
            expect(car.state()).toBe('stopped');
            expect(car.asked.length + car.looks.length - before).toBeLessThan(310);
          }
        }
        for (const atS of car.blind) {
          const within = (ms: number) =>
            car.blind.filter((at) => at <= atS && (atS - at) * 1_000 < ms).length;
          expect(within(POWER_LIMITS.hourMs)).toBeLessThanOrEqual(POWER_LIMITS.blindPerHour);
          expect(within(POWER_LIMITS.dayMs)).toBeLessThanOrEqual(POWER_LIMITS.blindPerDay);
        }
      }),
      { numRuns: 8 },
    );
  });
});
