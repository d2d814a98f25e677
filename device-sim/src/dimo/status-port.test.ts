import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type DimoRig, keepAlive, LICENCE, openDimoRig, type Said } from './rig.ts';
import { DEVICE, event, FLAT, happening, moment, named, place, signals, speed, VEHICLE } from './testing.ts';

/** What is sent, what the older and the newer node answer, and how many signals of it are stored. */
type Case = readonly [what: string, body: string, dis: number, din: number, stored: number, words?: string];

const STATUS: readonly Case[] = [
  ['one signal', event(signals(speed())), 200, 200, 1],
  ['a number as text', event(signals(speed('39.5'))), 200, 200, 1],
  ['a flag as 1', event(signals(speed(1, moment(), 'isIgnitionOn'))), 200, 200, 1],
  ['a flag as true', event(signals(speed(true, moment(), 'isIgnitionOn'))), 400, 200, 0, 'wrong type'],
  ['a text', event(signals(speed('HYBRID', moment(), 'powertrainType'))), 200, 200, 1],
  ['a text as a number', event(signals(speed(4, moment(), 'powertrainType'))), 400, 200, 0, 'wrong type'],
  [
    'codes as a text that holds a list',
    event(signals(speed('["P0456"]', moment(), 'obdDTCList'))),
    200,
    200,
    1,
  ],
  ['codes as a list', event(signals(speed(['P0456'], moment(), 'obdDTCList'))), 400, 200, 0],
  ['null', event(signals(speed(null))), 400, 200, 0],
  [
    'a name that nobody knows: the good one beside it is lost too',
    event(signals(speed(), speed(1, moment(), 'tripStart'))),
    400,
    200,
    0,
    'tripStart',
  ],
  ['a number as text with a blank', event(signals(speed('39 '))), 400, 200, 0, 'wrong type'],
  ['no number by its name', event(signals(speed('NaN'))), 200, 200, 1],
  ['the old name of latitude', event(signals(speed(48, moment(), 'currentLocationLatitude'))), 400, 200, 0],
  ['a place', event(signals(place({ latitude: 48.1, longitude: 11.5, hdop: 0.9 }))), 200, 200, 1],
  ['a place at 0, 0: nobody looks', event(signals(place({ latitude: 0, longitude: 0 }))), 200, 200, 1],
  ['a place without longitude: 0', event(signals(place({ latitude: 48.1 }))), 200, 200, 1],
  ['a place not on Earth: nobody looks', event(signals(place({ latitude: 5_000 }))), 200, 200, 1],
  ['a place with a latitude in text', event(signals(place({ latitude: '48.1' }))), 400, 200, 0],
  ['a place as text', event(signals(place('48.1,11.5'))), 400, 200, 0, 'wrong type'],
  [
    'altitude and heading',
    event(
      signals(
        speed(512.3, moment(), 'currentLocationAltitude'),
        speed(271.5, moment(), 'currentLocationHeading'),
      ),
    ),
    200,
    200,
    2,
  ],
  ['a signal 4 min 59 s ahead', event(signals(speed(1, moment(299)))), 200, 200, 1],
  [
    'a signal 5 min 1 s ahead, beside a good one',
    event(signals(speed(), speed(1, moment(301), 'obdMAP'))),
    400,
    200,
    1,
    'future',
  ],
  ['a signal of ten years ago', event(signals(speed(1, '2017-01-01T00:00:00Z'))), 200, 200, 1],
  ['the same name and moment twice', event(signals(speed(1), speed(2))), 200, 200, 1],
  ['speed of a rocket: no range is looked at', event(signals(speed(70_000))), 200, 200, 1],
  ['a moment that is none', event(signals(speed(1, 'yesterday'))), 400, 200, 0, 'cannot be read'],
  ['no signals, nothing else', event({ signals: [] }), 400, 400, 0, 'dimo.unknown'],
  ['data that is a list', event([1]), 400, 400, 0],
  ['no data', event(undefined), 400, 400, 0],
  ['data and data_base64', event(signals(speed()), { data_base64: 'AAAA' }), 400, 400, 0, 'both'],
  ['a VIN beside signals', event({ vin: '1HGBH41JXMN109186', ...signals(speed()) }), 200, 200, 1],
  ['a VIN that is none: dropped in silence', event({ vin: '1HGBH41JXMN10918' }), 200, 200, 0],
  ['a VIN that is empty: dropped in silence', event({ vin: '' }), 200, 200, 0],
  ['a chassis number of Japan', event({ vin: 'GRX130-6012345' }), 200, 200, 0],
  [
    'another vehicle contract: stored, not decoded',
    event(signals(speed()), { subject: DEVICE }),
    200,
    200,
    0,
  ],
  ['another chain', event(signals(speed()), { subject: VEHICLE.replace(':137:', ':80002:') }), 200, 200, 0],
  ['an address in small letters', event(signals(speed()), { subject: FLAT }), 200, 200, 1],
  [
    'the old form of a DID',
    event(signals(speed()), { subject: VEHICLE.replace('erc721', 'nft').replace(/:33$/, '_33') }),
    200,
    200,
    1,
  ],
  [
    'no subject: the producer',
    event(signals(speed()), { subject: undefined, producer: VEHICLE }),
    200,
    200,
    1,
  ],
  ['a subject that is no DID', event(signals(speed()), { subject: 'car' }), 200, 400, 0, 'must be DIDs'],
  [
    'a subject that is no text: the producer',
    event(signals(speed()), { subject: 5, producer: VEHICLE }),
    200,
    200,
    1,
  ],
  [
    'a producer that is an address',
    event(signals(speed()), { producer: `did:ethr:137:${LICENCE}` }),
    200,
    400,
    -1,
    'must be DIDs',
  ],
  ['no producer', event(signals(speed(41)), { producer: undefined }), 200, 400, -1, 'must be DIDs'],
  [
    'a producer with a path in it',
    event(signals(speed()), { producer: 'did:erc721:1:../etc:1' }),
    200,
    400,
    -1,
    'must be DIDs',
  ],
  ['no id and no time', event(signals(speed()), { id: undefined, time: undefined }), 200, 200, 1],
  ['a time ahead: only warned of', event(signals(speed()), { time: moment(3_600) }), 200, 200, 1],
  ['a time that is a number', event(signals(speed()), { time: 1_800_000_000 }), 400, 400, 0, 'time'],
  ['an id with a plus', event(signals(speed()), { id: 'a+b' }), 400, 400, 0, 'invalid characters'],
  ['an extra with an at: nobody looks', event(signals(speed()), { extra: 'a@b' }), 200, 200, 1],
  ['a version with a plus', event(signals(speed()), { dataversion: 'v1+2' }), 400, 400, 0, 'characters'],
  ['an empty time', event(signals(speed()), { time: '' }), 400, 400, 0, 'time'],
  ['data as base64', event(undefined, { data_base64: btoa(JSON.stringify(signals(speed()))) }), 200, 200, 1],
  ['extras of 8,192 bytes', event(signals(speed()), { extra: 'a'.repeat(8_192) }), 400, 400, 0, '8192'],
  [
    'datacontenttype text/plain',
    event(signals(speed()), { datacontenttype: 'text/plain' }),
    400,
    400,
    0,
    'datacontenttype',
  ],
  [
    'a signature that is none: nobody looks',
    event(signals(speed()), { signature: '0xdeadbeef' }),
    200,
    200,
    1,
  ],
  ['a type of its own: the data decides', event(signals(speed()), { type: 'dimo.whatever' }), 200, 200, 1],
  ['an event', event({ events: [happening()] }), 200, 200, 0],
  [
    'an event that nobody knows',
    event({ events: [happening({ name: 'harsh_braking' })] }),
    400,
    200,
    0,
    'harsh_braking',
  ],
  [
    'an event without a time',
    event({ events: [happening({ timestamp: undefined })] }),
    400,
    200,
    0,
    'no time',
  ],
  [
    'an event with metadata that is no JSON',
    event({ events: [happening({ metadata: '{a' })] }),
    400,
    200,
    0,
    'no JSON',
  ],
  [
    'an event with a tag in capitals',
    event({ events: [happening({ tags: ['Safety'] })] }),
    400,
    200,
    0,
    'capitals',
  ],
  [
    'an event with metadata that is no text',
    event({ events: [happening({ metadata: { a: 1 } })] }),
    400,
    200,
    0,
    'cannot be read',
  ],
  ['an event that lasts less than nothing', event({ events: [happening({ durationNs: -1 })] }), 400, 200, 0],
  ['no JSON', '{"a":', 400, 400, 0],
];

describe.each(['dis', 'din'] as const)('the status port of %s', (node) => {
  let rig: DimoRig;
  const agent = keepAlive();
  beforeAll(async () => {
    rig = await openDimoRig({ node, bodyMaxBytes: 100_000 });
  });
  afterAll(async () => {
    agent.destroy();
    await rig[Symbol.asyncDispose]();
  });
  const post = (body: string): Promise<Said> =>
    call(rig.served.statusUrl, body, { ca: rig.root.certificate, pair: rig.pair, agent });
  const count = () => rig.served.status().signals;

  it.each(named(STATUS))('$what', async ({ row: [, body, dis, din, stored, words = ''] }) => {
    const before = count();
    const said = await post(body);
    expect(said.status, said.words).toBe(node === 'dis' ? dis : din);
    // What the older node takes with a bad producer, the newer one refuses.
    expect(count() - before).toBe(stored < 0 ? Number(said.status === 200) : stored);
    if (said.status === 400) expect(said.words).toContain(words);
  });

  it('takes the later of two values, names addresses by EIP-55 and the source by the certificate', async () => {
    const id = 'one-of-its-own';
    await post(event(signals(speed(1), speed(2)), { id, subject: FLAT }));
    const stored = [...rig.served.shelf.events.values()].find((each) => each.id === id);
    expect(stored).toMatchObject({ subject: VEHICLE, source: LICENCE, signals: [{ value: 2 }] });
  });

  it('keeps the good events of a message, with what they say, of whatever they are about', async () => {
    const metadata = '{"fromKmh":80}';
    const good = happening({ durationNs: 1_000_000_000, metadata, tags: ['outpost'] });
    const id = 'events-of-its-own';
    await post(event({ events: [good, happening({ name: 'trip.start' })] }, { id, subject: DEVICE }));
    const stored = [...rig.served.shelf.events.values()].find((each) => each.id === id);
    expect(stored).toMatchObject({ type: 'dimo.events', events: [good] });
    expect(stored?.events).toHaveLength(1);
  });

  it('is 413 for a body that is too large, 404 and 405 beside its door', async () => {
    const { statusUrl } = rig.served;
    const who = { ca: rig.root.certificate, pair: rig.pair };
    expect((await post(`${' '.repeat(100_001)}`)).status).toBe(413);
    expect((await call(statusUrl, '{}', { ...who, path: '/v1' })).status).toBe(404);
    expect((await call(statusUrl, '', { ...who, method: 'GET' })).status).toBe(405);
  });

  it('lets nobody in without a certificate of its own authority', async () => {
    const asked = call(rig.served.statusUrl, event(signals(speed())), { ca: rig.root.certificate });
    if (node === 'dis') await expect(asked).rejects.toThrow();
    else expect((await asked).status).toBe(401);
  });

  it('stores the same event once', async () => {
    const body = event(signals(speed()));
    await post(body);
    const before = rig.served.status();
    await post(body);
    expect(rig.served.status()).toMatchObject({ stored: before.stored, repeated: before.repeated + 1 });
  });
});
