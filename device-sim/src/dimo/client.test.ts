import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Delivery,
  dimoWire,
  issuePair,
  loadKind,
  newAuthority,
  platformVerifier,
} from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { type Body, toHex } from '@outpost/schemas/words';
import { afterEach, describe, expect, it } from 'vitest';
import { checkNetworkFaults } from '../network/network-faults.ts';
import { ending } from '../network/pair.ts';
import { must } from '../network/rig.ts';
import { deliverAll, eventsOf, number, openPlaygrounds, SPEED } from './playground.ts';
import { LICENCE, RIG_START_NS } from './rig.ts';

const { playground, close } = openPlaygrounds();
afterEach(close);

describe('a gateway at an ingest of DIMO', () => {
  it('settles what is taken, and says once a week that it qualifies', async () => {
    const { rig, clock, delivery } = await playground();
    const network = await rig.network();
    const items = [await delivery(SPEED), await delivery(SPEED)];
    const outcomes = await deliverAll(network, clock, items);
    expect(outcomes).toMatchObject([
      { kind: 'settled', words: 'in its log, to be decoded; qualified for week 258, 1 week connected' },
      { kind: 'settled', words: 'in its log, to be decoded' },
    ]);
    expect(eventsOf(rig)).toMatchObject(
      items.map(({ hash }) => ({ id: toHex(hash), source: LICENCE, signals: [{ value: 39 }] })),
    );
  });

  it.each(['din', 'dis'] as const)(
    'brings %s driving, heights and headings, under its types',
    async (node) => {
      const { rig, clock, delivery } = await playground({ node });
      const fix = { kind: 'position', fix: '3d', latitude: 481_000_000, longitude: 115_000_000 } as const;
      const place: Body = {
        ...fix,
        altitudeCm: 51_234,
        speedCmS: undefined,
        courseCdeg: 27_150,
        hdopCenti: 90,
        satellites: 9,
        fixedAt: undefined,
      };
      const vin: Body = { kind: 'identity', of: 'vin', text: '1HGBH41JXMN109186', ecu: 0x7e8 };
      const item = await delivery([number(1, 72), place, vin, number(1, 30)], 'ntp', 1_000);
      expect((await deliverAll(await rig.network(), clock, [item])).map(ending)).toEqual(['settled']);
      const stored = eventsOf(rig);
      expect(stored.map(({ type }) => type)).toEqual(['dimo.fingerprint', 'dimo.status', 'dimo.events']);
      expect(stored[1]?.signals.map(({ name, value }) => [name, value])).toEqual([
        ['speed', 72],
        ['currentLocationAltitude', 512.34],
        ['currentLocationCoordinates', { latitude: 48.1, longitude: 11.5, hdop: 0.9 }],
        ['currentLocationHeading', 271.5],
        ['speed', 30],
      ]);
      expect(stored[2]?.events).toMatchObject([
        { name: 'behavior.harshBraking', metadata: '{"fromKmh":72,"toKmh":30,"atLeastMs2":3.67}' },
      ]);
      const seen = new Set<string>();
      const check = { verify: platformVerifier(), address: rig.key.address, seen };
      const [text = ''] = stored.map((each) => each.text);
      expect(dimoWire.checkEvent(text, check)).toBeUndefined();
      expect(dimoWire.checkEvent(text.replace('"dimo.status"', '"dimo.events"'), check)).toBe(undefined);
    },
  );

  it('sends nothing of what is no vehicle, has no name there, or came without a time', async () => {
    const { rig, clock, delivery } = await playground();
    const other = { ...(await delivery(SPEED)), stream: 'bike/telemetry' } as const;
    const items = [other, await delivery([number(10, 1)]), await delivery(SPEED, 'none')];
    const outcomes = await deliverAll(await rig.network(), clock, items);
    expect(outcomes.map(ending)).toEqual(['settled', 'settled', 'refused no-time']);
    expect(rig.served.status().requests).toBe(0);
  });

  it('keeps a 400 aside with its reason and never sends it again', async () => {
    const faults = must(checkNetworkFaults([{ what: 'refuse', item: 1 }], 'the test'));
    const { rig, clock, delivery } = await playground({ node: 'dis', faults });
    const items = [await delivery(SPEED), await delivery(SPEED)];
    const outcomes = await deliverAll(await rig.network(), clock, items);
    expect(outcomes.map(ending)).toEqual(['refused dimo.400', 'settled']);
    expect(rig.served.status()).toMatchObject({ requests: 2, stored: 2 });
    const [file = ''] = await readdir(join(rig.directory, 'quarantine'));
    const kept = JSON.parse(await readFile(join(rig.directory, 'quarantine', file), 'utf8')) as {
      words: string;
      event: string;
    };
    expect(file).toBe(`${toHex(items[0]!.hash)}.json`);
    expect(kept.words).toContain('the fault script says so');
    expect(JSON.parse(kept.event)).toMatchObject({ type: 'dimo.status' });
  });

  it('parts what is too large until it fits', async () => {
    const { rig, clock, delivery } = await playground({ bodyMaxBytes: 1_500 });
    const many = await delivery(Array.from({ length: 40 }, (_, at) => number(1, at)));
    expect((await deliverAll(await rig.network(), clock, [many])).map(ending)).toEqual(['settled']);
    const values = eventsOf(rig).flatMap(({ signals }) => signals.map(({ value }) => value));
    expect(values).toEqual(Array.from({ length: 40 }, (_, at) => at));
    expect(rig.served.status().stored).toBe(4);
    // One that fits nowhere is refused, and does not hold up the others.
    const tiny = await playground({ bodyMaxBytes: 100 });
    const outcomes = await deliverAll(await tiny.rig.network(), tiny.clock, [await tiny.delivery(SPEED)]);
    expect(outcomes.map(ending)).toEqual(['refused dimo.413']);
  });

  it('waits as long as a 503 says, for everything behind it too, and sends in order', async () => {
    const faults = must(checkNetworkFaults([{ what: 'busy', request: 2, retryAfterS: 17 }], 'the test'));
    const { rig, clock, delivery } = await playground({ faults });
    const network = await rig.network();
    const items = [await delivery(SPEED), await delivery(SPEED), await delivery(SPEED)];
    const outcomes = await deliverAll(network, clock, items);
    expect(outcomes.map(ending)).toEqual(['settled', 'kept dimo.busy', 'kept dimo.busy']);
    expect(outcomes[1]).toMatchObject({ retryAfterMs: 17_000 });
    await deliverAll(network, clock, items.slice(1));
    expect(eventsOf(rig).map(({ id }) => id)).toEqual(items.map(({ hash }) => toHex(hash)));
  });

  it('waits where it is told that it is too fast, and loses nothing', async () => {
    // The node's own time stands still until it is told to go on.
    const still = manualClock(RIG_START_NS);
    const { rig, clock, delivery } = await playground({ perSecondMax: 2, clock: still });
    const network = await rig.network({}, clock);
    const items: Delivery[] = [];
    for (let made = 0; made < 4; made += 1) items.push(await delivery(SPEED));
    const outcomes = await deliverAll(network, clock, items);
    expect(outcomes.map(ending)).toEqual(['settled', 'settled', 'kept dimo.busy', 'kept dimo.busy']);
    expect(outcomes[2]).toMatchObject({ retryAfterMs: 5_000 });
    await still.advance(5_000);
    expect((await deliverAll(network, clock, items.slice(2))).map(ending)).toEqual(['settled', 'settled']);
    expect(rig.served.status()).toMatchObject({ stored: 4, answers: { 200: 4, 429: 1 } });
  });

  it('compresses where it is told that this is taken, and foretells that DIMO’s own do not', async () => {
    const kind = await loadKind('dimo');
    for (const gzip of [true, false]) {
      const { rig, clock, delivery } = await playground({ gzip });
      const item = await delivery(SPEED);
      const outcomes = await deliverAll(await rig.network({ gzip: true }), clock, [item]);
      expect(outcomes.map(ending)).toEqual([gzip ? 'settled' : 'refused dimo.400']);
      const now = clock.wall();
      const context = {
        keyRecords: [],
        before: undefined,
        verify: platformVerifier(),
        redecode: undefined,
        now,
      };
      const sending = { of: 'attestation', delivery: item } as const;
      const prediction = kind?.predict?.(rig.settings({ gzip: true }), sending, context);
      expect(prediction).toMatchObject({ expect: 'unsure', words: expect.stringContaining('compressed') });
    }
  });

  it('sends again what may not have arrived, and DIMO takes it for the same', async () => {
    const faults = must(checkNetworkFaults([{ what: 'cut', request: 1 }], 'the test'));
    const { rig, clock, delivery } = await playground({ faults });
    const network = await rig.network();
    const item = await delivery(SPEED);
    expect((await deliverAll(network, clock, [item])).map(ending)).toEqual(['kept dimo.unreachable']);
    expect((await deliverAll(network, clock, [item])).map(ending)).toEqual(['settled']);
    expect(rig.served.status()).toMatchObject({ requests: 2, stored: 1, repeated: 1 });
  });

  it('asks once more at once where nobody knows it, and then leaves it to a person', async () => {
    const { rig, clock, delivery } = await playground();
    const stranger = await issuePair(await newAuthority(), { kind: 'device', name: LICENCE });
    const [file, key] = [join(rig.directory, 'other.pem'), join(rig.directory, 'other-key.pem')];
    await writeFile(file, stranger.certificate);
    await writeFile(key, stranger.key);
    const network = await rig.network({ certificate: { file, key } });
    const item = await delivery(SPEED);
    const waits: unknown[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      const [outcome] = await deliverAll(network, clock, [item]);
      waits.push([ending(outcome), outcome?.kind === 'kept' ? outcome.retryAfterMs : 0]);
    }
    const code = 'kept dimo.stranger';
    expect(waits).toEqual([
      [code, 5_000],
      [code, 300_000],
      [code, 300_000],
    ]);
  });

  it.each(['din', 'dis'] as const)('says in advance what %s will answer, and why', async (node) => {
    const { rig, clock, delivery } = await playground({ node });
    const kind = await loadKind('dimo');
    const network = await rig.network();
    const early = await delivery(SPEED);
    await clock.advance(8 * 86_400_000);
    const vin: Body = { kind: 'identity', of: 'vin', text: '1HGBH41JXMN109186', ecu: 0x7e8 };
    const cases: readonly (readonly [Delivery, expect: string | undefined, words: string, ending: string])[] =
      [
        [await delivery(SPEED), 'accepted', 'the first signal that comes within week 259', 'settled'],
        [await delivery([...SPEED, number(10, 1)]), 'accepted', '(1 reading without a name there', 'settled'],
        [await delivery([vin]), 'accepted', 'the VIN; without signals it earns no week', 'settled'],
        [early, 'accepted', 'week 258 is over and paid', 'settled'],
        [await delivery(SPEED, 'none'), 'refused', 'did not know the time', 'refused no-time'],
        [await delivery(SPEED, 'rtc'), 'unsure', 'only a clock chip', 'settled'],
        [await delivery([number(10, 1)]), undefined, '', 'settled'],
      ];
    const now = clock.wall();
    const context = {
      keyRecords: [],
      before: undefined,
      verify: platformVerifier(),
      redecode: undefined,
      now,
    };
    const foretold = (item: Delivery) =>
      kind?.predict?.(rig.settings(), { of: 'attestation', delivery: item }, context);
    for (const [item, expected, words, ended] of cases) {
      const prediction = foretold(item);
      expect([prediction?.expect, prediction?.words ?? '']).toEqual([
        expected,
        expect.stringContaining(words),
      ]);
      expect((await deliverAll(network, clock, [item])).map(ending)).toEqual([ended]);
    }
    // A box whose clock runs ahead of DIMO's.
    const slow = { ...context, now: (now - 600_000_000_000n) as typeof now };
    const ahead = kind?.predict?.(rig.settings(), { of: 'attestation', delivery: cases[0]![0] }, slow);
    expect(ahead).toMatchObject({ expect: node === 'dis' ? 'refused' : 'unsure' });
    expect(ahead?.words).toContain('1 signal of 1 more than five minutes ahead');
  });
});
