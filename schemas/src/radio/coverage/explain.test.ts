import { describe, expect, it } from 'vitest';
import { regionNamed } from '../region/index.ts';
import { openEncounters } from './encounters.ts';
import { receptionExplainer } from './explain.ts';
import { type KnownPlaces, openSenders } from './senders.ts';
import type { SignedPlaceOrFrame } from './signed-reception.ts';
import { isReception } from './signed-reception.ts';
import { CAR, HOTSPOT, located, MODULE, north, OTHER, position, signed } from './testing.ts';

/** All of it read through once, then judged one by one. */
const explained = (all: readonly SignedPlaceOrFrame[], known: Partial<KnownPlaces> = {}, gain?: number) => {
  const senders = openSenders({ senders: new Map(), gateways: new Map(), ...known });
  for (const each of all) senders.take(each);
  const explain = receptionExplainer({ region: regionNamed('EU868'), senders, gainDbi: () => gain });
  const encounters = openEncounters(senders);
  const verdicts = all.filter(isReception).map((each) => {
    const verdict = explain(each);
    encounters.take(each, verdict);
    return verdict;
  });
  return { verdicts, encounters: encounters.list(), senders };
};

const phy = (byte: number) => new Uint8Array(20).fill(byte);
/** 14 dBm through 14.3 km of free space at 868.1 MHz arrive with −100.3 dBm. */
const SENT = { direction: 'sent', powerDeciDbm: 140 } as const;

describe('each reception is explained', () => {
  it('against the place that its sender has signed: too strong is rejected, by how much', () => {
    const heard = [
      signed(CAR, 0, { ...SENT, phy: phy(1), location: located(14.3) }),
      signed(HOTSPOT, 10, { phy: phy(1), rssiDeciDbm: -970, snrDeciDb: undefined }),
      signed(HOTSPOT, 5_000, { phy: phy(2), rssiDeciDbm: -970, snrDeciDb: undefined }),
    ];
    const { verdicts } = explained(heard, {}, 0);
    const untold = explained(heard).verdicts[1];
    expect(untold).toMatchObject({ verdict: 'accepted' });
    expect(untold?.words).toMatch(/above what 14\.3 km allows an antenna of 0 dBi \(nobody tells its gain\)/);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['sent', 'rejected', 'accepted']);
    expect(verdicts[1]?.words).toBe('would be rejected: RSSI 3.3 dB above what 14.3 km allows');
    expect(verdicts[2]?.words).toMatch(/the two places are not known/);
  });

  it('whether who sent it stands before or behind it, and not by a claim of another minute', () => {
    const heard = signed(HOTSPOT, 10, { phy: phy(1), rssiDeciDbm: -400 });
    const claim = (ms: number) => signed(CAR, ms, { ...SENT, phy: phy(1), location: located(14.3) });
    expect(explained([heard, claim(0)]).verdicts[0]?.verdict).toBe('rejected');
    expect(explained([heard, claim(61_000)]).verdicts[0]?.verdict).toBe('accepted');
    const both = explained([heard, claim(0), signed(OTHER, 0, { ...SENT, phy: phy(1) })]);
    expect(both.verdicts[0]?.words).toMatch(/would be accepted.*the two places are not known/);
  });

  it('against devices whose place the reader knows', () => {
    const heard = signed(HOTSPOT, 10, { rssiDeciDbm: -400 });
    const senders = new Map([['49be7df1', { place: north(14.3), eirpDbm: 14 }]]);
    expect(explained([heard], { senders }).verdicts[0]?.verdict).toBe('rejected');
    expect(explained([heard]).verdicts[0]?.verdict).toBe('accepted');
  });

  it('and those of a serial module, which cannot be judged, say so', () => {
    const { verdicts } = explained([signed(CAR, 0, MODULE)]);
    expect(verdicts[0]).toMatchObject({ verdict: 'unjudged', score: undefined, reception: undefined });
    expect(verdicts[0]?.words).toMatch(/^cannot be judged, because the radio tells no frequency/);
  });
});

describe('two who hear each other', () => {
  const car = (ms: number, byte: number, over = {}) =>
    signed(CAR, ms, { ...MODULE, phy: phy(byte), ...over }, { stream: 'lora/coverage' });

  it('are named by both keys: a hotspot, and a car whose place its own receiver tells', () => {
    const { verdicts, encounters } = explained([
      position(CAR, -1_000, 2),
      car(0, 1, SENT),
      signed(HOTSPOT, 5, { phy: phy(1), rssiDeciDbm: -1_000 }),
      signed(HOTSPOT, 3_000, { ...SENT, phy: phy(2) }),
      car(3_010, 2),
      // Heard by itself and with a wrong checksum: neither says anything about the other.
      car(3_020, 1),
      signed(HOTSPOT, 3_030, { phy: phy(1), crc: 'bad' }),
    ]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual([
      'sent',
      'accepted',
      'sent',
      'unjudged',
      'unjudged',
      'unjudged',
    ]);
    expect(encounters).toHaveLength(1);
    expect(encounters[0]).toMatchObject({ keys: [HOTSPOT, CAR], mutual: true, sameBox: false });
    expect(encounters[0]?.words).toBe(
      'aaaaaaaa and bbbbbbbb heard each other: 1 frame and 1 frame (1 that cannot be judged), 2.0 km apart',
    );
    expect(encounters[0]?.heard[0]).toMatchObject({
      accepted: 1,
      unjudged: 0,
      bestSnrDb: 7.2,
      first: {
        sent: { deviceKey: CAR, stream: 'lora/coverage', sequence: 0 },
        heard: { deviceKey: HOTSPOT, stream: 'hotspot/coverage', sequence: 5 },
      },
    });
  });

  it('do not meet by a reception that would be rejected', () => {
    const { encounters } = explained([
      signed(CAR, 0, { ...SENT, phy: phy(1), location: located(14.3) }),
      signed(HOTSPOT, 10, { phy: phy(1), rssiDeciDbm: -400 }),
    ]);
    expect(encounters).toEqual([]);
  });

  it('say nothing to others where one owner holds both keys', () => {
    const box = { gatewayKey: 'd0'.repeat(32) };
    const { encounters } = explained([
      signed(CAR, 0, { ...SENT, phy: phy(1), location: located(1) }, box),
      signed(HOTSPOT, 5, { phy: phy(1) }, box),
    ]);
    expect(encounters[0]).toMatchObject({ mutual: false, sameBox: true });
    expect(encounters[0]?.words).toBe(
      'aaaaaaaa heard 1 frame of bbbbbbbb, 1.0 km apart; both report to one box, which says nothing to others',
    );
  });
});

describe('where a module was', () => {
  const at = (ms: number, ...fixes: readonly (readonly [number, number])[]) => {
    const { senders } = explained(fixes.map(([when, km]) => position(CAR, when, km)));
    return senders.placeOf(signed(CAR, ms - 40, MODULE));
  };

  it('is the nearest place of its box, not older than ten seconds, in whatever order they come', () => {
    expect(at(5_000, [9_000, 2], [0, 1], [20_000, 3])).toEqual(north(2));
    expect(at(4_000, [9_000, 2], [0, 1])).toEqual(north(1));
    expect(at(10_001, [0, 1])).toBeUndefined();
    expect(at(0, [500, 1], [0, 7])).toEqual(north(7));
  });

  it('is for a gateway what the reader knows, else its own word, else what it last told of itself', () => {
    const eui = HOTSPOT.slice(0, 16);
    const all = [
      { ...position(OTHER, 0, 3, eui), body: { ...position(OTHER, 0, 3).body, fix: 'estimated' as const } },
      position(OTHER, 30_000, 4, eui),
    ];
    const silent = (ms: number) => signed(HOTSPOT, ms, { location: undefined });
    const { senders } = explained(all);
    expect(senders.placeOf(silent(10_000))).toEqual(north(3));
    expect(senders.placeOf(silent(900_000))).toEqual(north(4));
    expect(senders.placeOf(silent(930_001))).toBeUndefined();
    expect(senders.placeOf(signed(HOTSPOT, 0))).toEqual(located(0));
    expect(senders.placeOf(signed(CAR, 0, MODULE))).toBeUndefined();
    const surveyed = explained(all, { gateways: new Map([[eui, north(9)]]) });
    expect(surveyed.senders.placeOf(signed(HOTSPOT, 0))).toEqual(north(9));
  });

  it('is never what the receiver only estimates, nor that of a gateway which could stand elsewhere', () => {
    const { senders } = explained([
      { ...position(CAR, 0, 1), body: { ...position(CAR, 0, 1).body, fix: 'estimated' } },
      position(HOTSPOT, 0, 1),
    ]);
    expect(senders.placeOf(signed(CAR, 0, MODULE))).toBeUndefined();
    expect(senders.placeOf(signed(HOTSPOT, 0, { location: undefined }))).toBeUndefined();
    expect(senders.placeOf(signed(HOTSPOT, 0, MODULE))).toEqual(north(1));
  });
});
