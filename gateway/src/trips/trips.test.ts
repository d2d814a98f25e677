import type { Body, Origin } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { openScene, type Scene } from './testing.ts';

const number = (signal: number, mantissa: number): Body => ({ kind: 'number', signal, mantissa, ecu: 0x7e8 });
const EVERY_S = 10;

/** Speed, engine speed and run time every ten seconds. */
const drive = async (scene: Scene, forS: number, origin?: Origin): Promise<void> => {
  for (let s = 0; s < forS; s += EVERY_S) {
    await scene.say(EVERY_S, [number(1, 50), number(2, 200_000), number(15, s + EVERY_S)], origin);
  }
};

/** The car is off and the dongle tells the voltage every minute. */
const park = async (scene: Scene, forS: number, said: () => void = () => undefined): Promise<void> => {
  await scene.say(EVERY_S, [number(1, 0), number(2, 0)]);
  for (let s = 0; s < forS; s += 60) {
    await scene.say(60, [number(3, 1_250)]);
    said();
  }
};

const twoTrips = async (scene: Scene, said?: () => void): Promise<void> => {
  await park(scene, 120);
  await drive(scene, 150);
  await park(scene, 900, said);
  await drive(scene, 100);
  await park(scene, 900, said);
};

describe('the follower of trips', () => {
  it('records each trip once, in the stream, as anyone can work it out from the readings', async () => {
    const scene = openScene();
    await twoTrips(scene);
    expect(scene.records()).toHaveLength(2);
    expect(scene.records()).toEqual(scene.expected());
    expect(scene.tally).toEqual({ recorded: 2, unrecorded: 0 });
    const [first] = scene.records();
    expect(first?.body).toMatchObject({ startedBy: 'run-time', endedBy: 'engine-off' });
    await scene.stop();
  });

  it('records each trip once although the program is killed at any call of its journal', async () => {
    const whole = openScene();
    const recorded: number[] = [];
    await twoTrips(whole, () => {
      if (whole.tally.recorded > recorded.length) recorded.push(whole.calls);
    });
    await whole.stop();
    expect(recorded).toHaveLength(2);
    // Every call around the writing of a record, and one in twenty of the others.
    const around = recorded.flatMap((at) => [-2, -1, 0, 1].map((by) => at + by));
    const others = Array.from({ length: Math.floor(whole.calls / 20) }, (_, i) => 1 + 20 * i);
    for (const call of [...around, ...others]) {
      for (const durable of [false, true]) {
        const scene = openScene({ call, durable });
        await twoTrips(scene);
        await park(scene, 600);
        expect(scene.records().length, `killed at ${call}`).toBeGreaterThanOrEqual(2);
        expect(scene.records(), `killed at ${call}`).toEqual(scene.expected());
        await scene.stop();
      }
    }
  }, 30_000);

  it('records a trip over restarts, and lets the journal go once nothing of it is needed', async () => {
    const scene = openScene();
    await drive(scene, 200);
    await scene.restart();
    await drive(scene, 200);
    for (let i = 0; i < 3; i += 1) {
      await park(scene, 400);
      await scene.restart();
    }
    await park(scene, 1_200);
    expect(scene.records()).toHaveLength(1);
    expect(scene.records()).toEqual(scene.expected());
    // The run time of an engine is two bytes: so long may the next start be dated back towards the last trip.
    const before = scene.position;
    for (let hour = 0; hour < 20; hour += 1) await scene.say(3_600, [number(3, 1_250)]);
    expect(scene.position).toBeGreaterThan(before);
    expect(BigInt(scene.entries.length) * 10n - scene.position).toBeLessThanOrEqual(20n);
    await scene.stop();
  });

  it('writes the trip of a simulator as simulated, also when a car has taken its place', async () => {
    const scene = openScene();
    await drive(scene, 200, 'simulated');
    await drive(scene, 200, 'live');
    await park(scene, 1_200);
    expect(scene.records().map(({ origin }) => origin)).toEqual(['simulated', 'live']);
    expect(scene.records()).toEqual(scene.expected());
    await scene.stop();
  });
});
