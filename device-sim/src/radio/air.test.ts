import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type Emission, hearEmission, type Loss, putOnAir } from './air.ts';
import type { Hotspot } from './hotspot.ts';
import { east, plainEmission, plainHotspot } from './testing.ts';

const SURROUNDINGS = { propagation: { kind: 'free-space' }, terrain: undefined } as const;

/** What one hotspot hears of the first of these, and why of what it does not. */
const hear = (hotspot: Hotspot, first: Emission, ...others: readonly Emission[]) => {
  const hotspots = [hotspot];
  const [own, ...rest] = [first, ...others].map((each) => putOnAir(SURROUNDINGS, hotspots, each));
  if (own === undefined) throw new Error('nothing is on the air');
  const lost: Loss[] = [];
  const heard = hearEmission(hotspots, own, rest, (loss) => lost.push(loss));
  return { heard, lost };
};

const louder = (db: number, over: Partial<Emission> = {}): Emission =>
  plainEmission({ number: 1, source: { ...plainEmission().source, eirpDbm: 14 + db }, ...over });

describe('a hotspot', () => {
  it('hears a frame as strong as the way allows, and says when it ended', () => {
    const { heard } = hear(plainHotspot(), plainEmission());
    expect(heard).toHaveLength(1);
    // 14 dBm less 91.2 dB over 1 km; the scattered part of the path makes some dB.
    expect(Math.abs((heard[0]?.rssiDbm ?? 0) + 77)).toBeLessThan(8);
    expect(heard[0]).toMatchObject({ crc: 'ok', hotspot: 0 });
  });

  it('hears nothing that is far below its noise, nor what is sent to devices', () => {
    const far = { ...plainEmission().source, place: east(60), eirpDbm: -40 };
    expect(hear(plainHotspot(), plainEmission({ source: far }))).toEqual({ heard: [], lost: [] });
    expect(hear(plainHotspot(), plainEmission({ isInverted: true }))).toEqual({ heard: [], lost: [] });
  });

  it('takes the louder of two frames of one spreading factor on one channel', () => {
    const weak = plainEmission();
    const after = louder(20, { startUs: 1_010_000, endUs: 1_060_000 });
    const before = louder(20, { startUs: 990_000, endUs: 1_040_000 });
    const [damaged] = hear(plainHotspot(), weak, after).heard;
    expect(damaged?.crc).toBe('bad');
    expect(toHex(damaged?.phy ?? new Uint8Array())).not.toBe(toHex(weak.phy));
    expect(hear(plainHotspot(), weak, before)).toEqual({ heard: [], lost: ['collided'] });
    expect(hear(plainHotspot(), after, weak).heard[0]?.crc).toBe('ok');
  });

  it('takes both where channel, spreading factor or time differ', () => {
    const sf9 = { kind: 'lora', spreadingFactor: 9, bandwidthHz: 125_000 } as const;
    for (const other of [
      louder(3, { frequencyHz: 868_300_000 }),
      louder(3, { rate: sf9 }),
      louder(20, { startUs: 1_050_001, endUs: 1_100_000 }),
    ])
      expect(hear(plainHotspot(), plainEmission(), other).heard[0]?.crc).toBe('ok');
    // Orthogonal is not perfectly orthogonal.
    expect(hear(plainHotspot(), plainEmission(), louder(25, { rate: sf9 })).heard[0]?.crc).not.toBe('ok');
  });

  it('tells the strength of all that was in the channel, and the clarity of its own', () => {
    const sf12 = { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000 } as const;
    const quiet = plainEmission({ rate: sf12 });
    const [alone] = hear(plainHotspot(), quiet).heard;
    const [disturbed] = hear(plainHotspot(), quiet, louder(15)).heard;
    expect((disturbed?.rssiDbm ?? 0) - (alone?.rssiDbm ?? 0)).toBeGreaterThan(8);
    expect(disturbed?.snrDb).toBeLessThan(alone?.snrDb ?? 0);
  });

  it('is deaf while it sends, after it starts, and while all its demodulators are taken', () => {
    const by = { kind: 'downlink', index: 0 } as const;
    const own = plainEmission({ number: 1, by, isInverted: true, frequencyHz: 869_525_000 });
    expect(hear(plainHotspot(), plainEmission(), own).lost).toEqual(['sending']);
    const boots = plainHotspot({ bootEveryS: 30 });
    expect(hear(boots, plainEmission()).lost).toEqual(['deaf']);
    const others = Array.from({ length: 8 }, (_, i) =>
      plainEmission({ number: i + 1, startUs: 999_000, frequencyHz: 866_600_000 + i * 1_000_000 }),
    );
    expect(hear(plainHotspot({ demodulators: 8 }), plainEmission(), ...others).lost).toEqual(['busy']);
    expect(hear(plainHotspot({ demodulators: 16 }), plainEmission(), ...others).lost).toEqual([]);
  });

  it('now and then hears a very loud frame once more beside its channel', () => {
    const counts = Array.from({ length: 200 }, (_, number) => {
      const { heard } = hear(
        plainHotspot(),
        plainEmission({ number, source: { ...plainEmission().source, place: east(0.02) } }),
      );
      return heard.length;
    });
    const ghosts = counts.filter((count) => count === 2).length;
    expect(ghosts).toBeGreaterThan(30);
    expect(ghosts).toBeLessThan(90);
  });
});
