import { monoAfterMs, monoNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powerFrom, powerText } from './kept.ts';
import { POWER_LIMITS } from './limits.ts';
import { newPower } from './power.ts';
import { DRIVING, HOUR, listen, SECOND, STANDING, T0 } from './testing.ts';
import { powerFacts } from './words.ts';

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
