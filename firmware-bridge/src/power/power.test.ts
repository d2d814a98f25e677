import { monoAfterMs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { powerFrom, powerText } from './kept.ts';
import { mayNow } from './power.ts';
import { DRIVING, HOUR, listen, SECOND, STANDING } from './testing.ts';
import { accountWords, powerWords } from './words.ts';

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
