import type { Place, PrivacyZone } from '@outpost/schemas/privacy';
import { zoneOf } from '@outpost/schemas/privacy';
import { type Body, fromHex, type Observation, type ReceptionBody } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdapterParts, Observed } from './adapter.ts';
import { chirpstackParts } from './adapters/chirpstack/index.ts';
import { gwmpParts } from './adapters/gwmp/index.ts';
import { gatewayDatagram, ID, writePush } from './adapters/gwmp/wire.ts';
import { redact } from './privacy.ts';
import { createRig } from './testing/rig.ts';

const EUI = '0016c0f000000001';
const HOME: PrivacyZone = { name: 'home', latitude: 525_200_000, longitude: 134_050_000, radiusM: 500 };
const FROM = { gateway: EUI, prefix: '', encoding: 'protobuf' } as const;

/** Within some kilometres of the zone, every second one inside, to the seventh digit. */
const places: fc.Arbitrary<Place> = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
    fc.boolean(),
  )
  .map(([part, angle, isNear]) => {
    const metres = Math.sqrt(part) * (isNear ? 500 : 5_000);
    const north = Math.round((metres * Math.cos(angle)) / 0.011_132);
    const east = Math.round((metres * Math.sin(angle)) / (0.011_132 * Math.cos((52.52 * Math.PI) / 180)));
    return { latitude: HOME.latitude + north, longitude: HOME.longitude + east };
  });

const reception = (location: ReceptionBody['location']): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: fromHex(EUI),
  phy: fromHex('40f17dbe4900020001954378762b11ff0d') ?? new Uint8Array(),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_000,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 20,
  powerDeciDbm: undefined,
  tmst: 7,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: 0,
  rfChain: 0,
  antenna: 0,
  location,
});

const position = ({ latitude, longitude }: Place): Body => ({
  kind: 'position',
  fix: '3d',
  latitude,
  longitude,
  altitudeCm: undefined,
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
});

/** What an adapter makes of these frames, after the zones. */
const kept = async <O, S, C, E>(
  parts: AdapterParts<O, S, C, E>,
  options: unknown,
  frames: readonly Uint8Array[],
): Promise<Observed> => {
  const checked = await parts.check(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  const rig = createRig(parts.codec, parts.session(checked.value), () => []);
  for (const frame of frames) rig.receive(frame);
  const readings = rig.said.map((said): Observation => ({ ...said, mono: rig.now }));
  const quarantined = rig.fates.flatMap((fate) =>
    fate.kind === 'quarantined' ? [{ fault: fate.fault, raw: fate.raw, mono: rig.now }] : [],
  );
  const nothing = () => undefined;
  const observed = { readings, quarantined, kept: nothing, refused: nothing };
  const bearsPosition = parts.bearsPosition ?? false;
  return redact(observed, { zones: [HOME], bearsPosition, origin: 'live' });
};

const isInside = (place: Place): boolean => zoneOf(place, [HOME]) !== undefined;

const textOf = ({ readings, quarantined }: Observed): string =>
  JSON.stringify(
    [...readings.map(({ body }) => body), ...quarantined.map(({ fault }) => fault)],
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );

/** Whether a coordinate stands somewhere as a number, as text of degrees, or as a double. */
const shows = (observed: Observed, { latitude, longitude }: Place): boolean => {
  const body = textOf(observed);
  const raws = [...observed.readings, ...observed.quarantined].map(({ raw }) =>
    Array.from(raw, (byte) => String.fromCharCode(byte)).join(''),
  );
  return [latitude, longitude].some((e7) => {
    const double = String.fromCharCode(...new Uint8Array(new Float64Array([e7 / 1e7]).buffer));
    return (
      body.includes(String(e7)) || raws.some((raw) => raw.includes(String(e7 / 1e7)) || raw.includes(double))
    );
  });
};

describe('a hotspot near a privacy zone', () => {
  const gnss = (place: Place) => ({ ...place, altitudeCm: 3_400, source: 'gnss' }) as const;

  it.each(['protobuf', 'json'] as const)(
    'behind MQTT (%s) shows no place inside, and loses nothing else',
    async (encoding) => {
      const from = { ...FROM, encoding };
      await fc.assert(
        fc.asyncProperty(places, async (place) => {
          const { event } = chirpstackParts.codec;
          const heard = { kind: 'heard', from, bodies: [reception(gnss(place))] } as const;
          const stats = { kind: 'stats', from, bodies: [position(place)] } as const;
          const rest = { simulated: false, counts: undefined };
          const frames = [event.encode({ ...heard, ...rest }), event.encode({ ...stats, ...rest })];
          const observed = await kept(chirpstackParts, undefined, frames);
          expect(observed.readings).toHaveLength(6);
          expect(observed.readings[0]?.body).toMatchObject({
            kind: 'reception',
            rssiDeciDbm: -1_000,
            tmst: 7,
          });
          expect(shows(observed, place)).toBe(!isInside(place));
          expect(observed.readings.filter(({ raw }) => raw.length === 0)).toHaveLength(
            isInside(place) ? 6 : 0,
          );
        }),
        { numRuns: 150 },
      );
    },
  );

  it('behind UDP shows none either: its statistics lose the place, its frames are whole', async () => {
    await fc.assert(
      fc.asyncProperty(places, async (place) => {
        const from = { version: 2, token: 1, eui: EUI } as const;
        const nothing = { received: undefined, receivedOk: undefined, forwarded: undefined } as const;
        const none = { ackDecipercent: undefined, downlinks: undefined, transmitted: undefined } as const;
        const where = { ...place, altitudeCm: undefined };
        const stat = { ...nothing, ...none, temperatureDeciC: 300, place: where, simulated: false };
        const frames = [{ bodies: [reception(undefined)] }];
        const bytes = writePush({ from, frames, stat });
        const observed = await kept(gwmpParts, { allow: [EUI] }, [gatewayDatagram(from, ID.pullData), bytes]);
        expect(observed.readings.map(({ body }) => body.kind)).toEqual([
          'reception',
          'number',
          isInside(place) ? 'redacted' : 'position',
        ]);
        expect(observed.readings[0]?.raw.length).toBeGreaterThan(0);
        expect(shows(observed, place)).toBe(!isInside(place));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a place that its owner wrote into its settings', async () => {
    const { latitude, longitude } = HOME;
    const place = { ...gnss({ latitude, longitude }), source: 'configured' } as const;
    const heard = { kind: 'heard', from: FROM, bodies: [reception(place)] } as const;
    const frame = chirpstackParts.codec.event.encode({ ...heard, simulated: false, counts: undefined });
    const observed = await kept(chirpstackParts, undefined, [frame]);
    expect(observed.readings[0]).toMatchObject({ body: { location: place }, raw: frame });
  });

  it('shows nothing of a message that cannot be read', async () => {
    const heard = { kind: 'heard', from: FROM, bodies: [reception(gnss(HOME))] } as const;
    const whole = chirpstackParts.codec.event.encode({ ...heard, simulated: false, counts: undefined });
    for (let length = 60; length < whole.length; length += 1) {
      const observed = await kept(chirpstackParts, undefined, [whole.subarray(0, length)]);
      expect(observed.quarantined.every(({ raw }) => raw.length === 0)).toBe(true);
      expect(observed.readings.every(({ raw, body }) => raw.length === 0 || body.kind === 'reception')).toBe(
        true,
      );
      expect(shows(observed, HOME)).toBe(false);
    }
  });
});
