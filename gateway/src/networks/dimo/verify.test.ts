import { nobleEquation, strictVerifier } from '@outpost/schemas/evidence';
import type { Body, TripBody } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { attestationsOf, newStated, tombstone } from './attestations.ts';
import { CLAIM_KINDS, type ClaimKind } from './claims.ts';
import { eventText } from './codec.ts';
import { checkBinding, dimoKeyOf, sealBinding } from './identity.ts';
import { rawMember } from './raw-member.ts';
import { readDelivery, statusEvent, statusOf } from './status.ts';
import {
  at,
  codes,
  number,
  SAMPLE_BINDING,
  SAMPLE_DIMO_KEY,
  SAMPLE_GATEWAY,
  SAMPLE_PARTIES,
  SAMPLE_RECORDS,
  sampleDeliveries,
  sampleDelivery,
  vin,
} from './testing.ts';
import { checkEvent, type EventProblem } from './verify.ts';

const verify = strictVerifier(nobleEquation);
const START = at('2026-11-18T10:00:00Z');
const epoch = new Uint8Array(16).fill(0xe0) as TripBody['start']['epoch'];
const trip: TripBody = {
  kind: 'trip',
  start: { epoch, sequence: 0, wall: START },
  startedBy: 'movement',
  end: { epoch, sequence: 3, wall: at('2026-11-18T10:30:00Z') },
  endedBy: 'standstill',
  distanceM: 12_345,
  fuelMl: 800,
  energyWh: undefined,
  odometerStartM: 56_980_000,
  odometerEndM: 56_992_200,
};
const ALL: readonly Body[] = [
  number(21, 569_922),
  vin('1HGBH41JXMN109186'),
  codes(['P0133', 'U0100']),
  number(504, 30_000),
  trip,
];

const statusText = (): string => {
  const delivery = sampleDelivery([number(1, 39), number(2, 200_000), vin('1HGBH41JXMN109186')], START);
  const status = statusOf(delivery, readDelivery(delivery)!, { positions: true, events: true });
  return eventText(statusEvent(status, SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign));
};

const PARTS = {
  kinds: new Set<ClaimKind>(CLAIM_KINDS),
  parties: SAMPLE_PARTIES,
  binding: SAMPLE_BINDING,
  keyRecords: SAMPLE_RECORDS,
  sign: SAMPLE_DIMO_KEY.sign,
};

const statements = (
  bodies: readonly Body[] = ALL,
  stated = newStated(),
  parts = PARTS,
): readonly string[] => {
  const delivery = sampleDelivery(bodies, START);
  return attestationsOf(delivery, readDelivery(delivery)!, stated, parts).map(({ event }) =>
    eventText(event),
  );
};

const check = (text: string, seen = new Set<string>()): EventProblem | undefined =>
  checkEvent(text, { verify, address: SAMPLE_DIMO_KEY.address, seen });

interface Told {
  readonly dataversion: string;
  readonly tags: readonly string[];
  readonly data: { readonly credentialSubject: Readonly<Record<string, unknown>>; readonly validTo: string };
}

describe('events as somebody gets them back', () => {
  it('hold, and are called replayed when they come again', () => {
    const seen = new Set<string>();
    for (const text of [statusText(), ...statements()]) {
      expect(check(text, seen)).toBeUndefined();
      expect(check(text, seen)).toBe('replayed');
    }
    expect(seen.size).toBe(5);
  });

  it('fail after any change of one bit, in the header as in the data', () => {
    for (const text of [statusText(), statements()[0]!]) {
      let changes = 0;
      for (let place = 0; place < text.length; place += text.length > 2_000 ? 23 : 3) {
        const bit = 1 << (place % 7);
        const letter = String.fromCharCode(text.charCodeAt(place) ^ bit);
        const changed = `${text.slice(0, place)}${letter}${text.slice(place + 1)}`;
        expect(check(changed), `${place} ${bit}: ${changed.slice(place - 20, place + 20)}`).toBeDefined();
        changes += 1;
      }
      expect(changes).toBeGreaterThan(100);
    }
  });

  it.each([
    ['subject', ':33"', ':34"', 'header'],
    ['time', 'T10:00:00.200Z","dataversion', 'T10:00:00.201Z","dataversion', 'header'],
    ['type', '"dimo.status"', '"dimo.events"', 'type'],
    ['signed values', '"value":39', '"value":38', 'signature'],
    ['another member', '"specversion"', '"extra":1,"specversion"', 'malformed'],
  ])('say what was changed: the %s', (_, from, to, problem) => {
    const text = statusText();
    expect(text).toContain(from);
    expect(check(text.replace(from, to))).toBe(problem);
  });

  it('are not believed of another key', () => {
    const other = dimoKeyOf(new Uint8Array(32).fill(9));
    const delivery = sampleDelivery([number(1, 39)], START);
    const status = statusOf(delivery, readDelivery(delivery)!, { positions: true, events: true });
    expect(check(eventText(statusEvent(status, SAMPLE_PARTIES, other.sign)))).toBe('signature');
  });
});

describe('attestations that carry their evidence', () => {
  const told = () => statements().map((text) => JSON.parse(text) as Told);

  it('state trip, odometer, VIN and health as DIMO does', () => {
    const [trips, odometer, vins, health] = told();
    expect(trips!.data.credentialSubject).toMatchObject({
      vehicleDID: SAMPLE_PARTIES.subject,
      trip: { distanceM: 12_345, startedBy: 'movement', odometerEndM: 56_992_200 },
      origin: 'live',
    });
    expect(odometer!.data.credentialSubject).toMatchObject({
      odometerReading: { value: 56_992.2, unit: 'km', timestamp: '2026-11-18T10:00:00.000Z' },
    });
    expect(odometer!.data.validTo).toBe('2026-11-18T11:00:00.000Z');
    expect(vins).toMatchObject({ dataversion: 'vin/v1.0', tags: ['vehicle.vin', 'vehicle'] });
    expect(vins!.data).toMatchObject({
      validTo: '2026-11-23T05:00:00.000Z',
      credentialSubject: { vehicleTokenId: 33, vehicleIdentificationNumber: '1HGBH41JXMN109186' },
    });
    expect(health!.data.credentialSubject).toMatchObject({
      healthStatus: { healthScore: 35, isHealthy: false, tirePressure: { frontLeft: 300, isNormal: false } },
    });
  });

  it('state what did not change once a day, and the odometer at the end of each trip', () => {
    const stated = newStated();
    const deliveries = sampleDeliveries([ALL, ALL.slice(0, 3), [number(21, 569_930), trip]], START);
    const counts = deliveries.map((each) => attestationsOf(each, readDelivery(each)!, stated, PARTS).length);
    expect(counts).toEqual([4, 0, 2]);
  });

  it('are the same event for the same readings', () => {
    const ids = () => statements().map((text) => (JSON.parse(text) as { id: string }).id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(4);
  });

  it('do not hold where the claim is not what the readings say, although the key signed it', () => {
    const delivery = sampleDelivery(ALL, START);
    const lying = attestationsOf(delivery, readDelivery(delivery)!, newStated(), {
      ...PARTS,
      parties: { ...SAMPLE_PARTIES, producer: 'did:ethr:137:0x0000000000000000000000000000000000000001' },
    }).map(({ event }) => eventText(event));
    expect(check(lying[1]!)).toBeUndefined();
    const foreign = statements(ALL, newStated(), { ...PARTS, keyRecords: [] });
    expect(check(foreign[0]!)).toBe('evidence');
    const unbound = statements(ALL, newStated(), {
      ...PARTS,
      binding: sealBinding(dimoKeyOf(new Uint8Array(32).fill(9)), SAMPLE_GATEWAY),
    });
    expect(check(unbound[0]!)).toBe('evidence');
  });

  it('are taken back by a tombstone', () => {
    const event = tombstone(
      { id: 'abc', reason: 'wrong car', time: '2026-11-18T10:00:00Z' },
      SAMPLE_PARTIES,
      SAMPLE_DIMO_KEY.sign,
    );
    expect(event.header.type).toBe('dimo.tombstone');
    expect(JSON.parse(event.data)).toMatchObject({ voidsId: 'abc', reason: 'wrong car' });
    expect(check(eventText(event))).toBeUndefined();
  });
});

describe('the identity', () => {
  it('binds an address and a gateway key by the signatures of both', () => {
    const bound = checkBinding(SAMPLE_BINDING, verify);
    expect(bound).toEqual({ address: SAMPLE_DIMO_KEY.address, gatewayKey: SAMPLE_GATEWAY.publicKey });
  });

  it.each(['text', 'gateway', 'dimo'] as const)('binds nothing where the %s is another', (member) => {
    const value = SAMPLE_BINDING[member];
    const place = value.length - 5;
    const letter = value.charAt(place) === '1' ? '2' : '1';
    const changed = {
      ...SAMPLE_BINDING,
      [member]: `${value.slice(0, place)}${letter}${value.slice(place + 1)}`,
    };
    expect(checkBinding(changed, verify)).toBeUndefined();
  });
});

describe('a member as it stands in the text', () => {
  it.each([
    ['{"a":1,"data": {"b":[1,2]} ,"c":2}', '{"b":[1,2]}'],
    ['{"x":{"data":1},"data":"a,\\"}b"}', '"a,\\"}b"'],
    ['{"d":"data","\\u0064ata":[1]}', '[1]'],
    ['{"data":1,"data":2}', '2'],
    ['{"d":1}', undefined],
  ])('of %s is %s', (text, data) => expect(rawMember(text, 'data')).toBe(data));
});
