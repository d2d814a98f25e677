import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { askControl, nodeDisk, openJournalReadOnly, originOfKind, type Status } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { type OrderOutcome, toHex } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FORWARDER } from '../devices/gwmp/forwarder.ts';
import type { Planned } from '../devices/gwmp/jit-queue.ts';
import { serveForwarder } from '../devices/gwmp/serve-forwarder.ts';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort, openUdpEnd, type UdpEnd } from '../devices/gwmp/udp-end.ts';
import { openScene, type Scene, untilStatus } from './box.ts';
import { type Program, until } from './programs.ts';

const OWN = 'b827ebfffe000001';
const HAND = 'b827ebfffe000002';
const STRANGER = '00000000000000aa';
/** Three houses: the owner's, a stranger's, and that of somebody who speaks in the owner's name. */
const HOME = '127.0.0.1';
const NEXT_DOOR = '127.0.0.2';
const LIAR = '127.0.0.3';

const FRAMES = 60;
const ORDER_MS = 10_000;

const pull = (eui: string): Uint8Array =>
  gwmpWire.gatewayDatagram({ version: 2, token: 9, eui }, gwmpWire.ID.pullData);
const push = (eui: string, tmst: number): Uint8Array =>
  gwmpWire.writePush({ from: { version: 2, token: tmst, eui }, frames: [{ bodies: [frameHeard(tmst)] }] });
const txAck = (eui: string, token: number): Uint8Array =>
  gwmpWire.gatewayDatagram({ version: 2, token, eui }, gwmpWire.ID.txAck);
const idOf = (bytes: Uint8Array): number => bytes[3] ?? -1;
const tokenOf = (bytes: Uint8Array): number => ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);

/** What the journal holds of frames: who heard each, and at which count. */
const heardIn = async (data: string): Promise<readonly string[]> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  const heard: string[] = [];
  for await (const { kind, bytes } of view.value.read(view.value.start, view.value.end)) {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok !== true || leaf.value.body.kind !== 'reception') continue;
    const { gateway = new Uint8Array(), tmst, direction } = leaf.value.body;
    heard.push(`${direction} ${toHex(gateway)} ${tmst}`);
  }
  return heard;
};

const configOf = (data: string, port: number) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [
    {
      name: 'hotspots',
      adapter: 'gwmp',
      port: `udp://127.0.0.1:${port}`,
      options: { allow: [OWN, HAND], region: 'EU868' },
    },
  ],
  networks: [],
  store: null,
  journal: { commitEveryMs: 100 },
  clock: { trust: 'rtc' },
});

const deviceOf = ({ devices }: Status): Status['devices'][number] => {
  const [device] = devices;
  if (device === undefined) throw new Error('the status shows the device');
  return device;
};

describe('hotspots, strangers and liars around a gateway, each at an address of its own', () => {
  let scene: Scene;
  let gateway: Program;
  let data: string;
  let port: number;
  const ends: UdpEnd[] = [];
  const endAt = async (address: string): Promise<UdpEnd> => {
    const end = await openUdpEnd(address);
    ends.push(end);
    return end;
  };
  const order = async (wish: object): Promise<OrderOutcome> => {
    const answer = await askControl(data, '/order', ORDER_MS, JSON.stringify(wish));
    if (!answer.ok) throw new Error(answer.fault.words);
    return JSON.parse(answer.value) as OrderOutcome;
  };
  const downlink = (eui: string) =>
    order({
      kind: 'downlink',
      gateway: eui,
      items: [
        {
          phy: '60f17dbe4920020001f9d65d27',
          frequencyHz: 868_100_000,
          powerDbm: 14,
          modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
        },
      ],
    });
  const happened = (what: string): Promise<Status> =>
    untilStatus(gateway, data, what, (status) =>
      (deviceOf(status).happenings ?? []).some((each) => each.what === what),
    );

  beforeAll(async () => {
    scene = await openScene();
    data = scene.path('data');
    port = await freeUdpPort();
    gateway = scene.gateway(await scene.write('outpost.json', configOf(data, port)));
    await untilStatus(gateway, data, 'the socket is open', (status) => deviceOf(status).connected);
  }, 20_000);
  afterAll(async () => {
    for (const end of ends) await end[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  }, 20_000);

  it('lets a hotspot speak that is known, and gives it what it is to send', async () => {
    const onAir: Planned[] = [];
    await using hotspot = await serveForwarder({
      forwarder: { ...DEFAULT_FORWARDER, eui: OWN, seed: 5 },
      server: { address: '127.0.0.1', port },
      from: HOME,
      clock: systemClock(),
      onAir: (planned) => onAir.push(planned),
    });
    for (let n = 0; n < FRAMES; n += 1) {
      hotspot.hear([frameHeard(n)]);
      await until(`frame ${n} has its answer`, () => {
        const { acked, late } = hotspot.totals;
        return acked + late > n ? true : undefined;
      });
    }
    await until('it may send', () => (hotspot.totals.pullAcked > 0 ? true : undefined));

    const liar = await endAt(LIAR);
    liar.send(pull(OWN), port);
    await happened('address-changed');
    expect(await downlink(OWN)).toMatchObject({ kind: 'done', item: 0 });
    await until('it is on the air', () => (onAir.length > 0 ? true : undefined));
    expect(onAir[0]?.item).toMatchObject({ frequencyHz: 868_100_000, powerDbm: 14, noCrc: true });
    expect(liar.received).toEqual([]);
  }, 20_000);

  it('believes an answer to a transmission only where it sent it', async () => {
    const [hand, liar] = [await endAt(HOME), await endAt(LIAR)];
    hand.send(pull(HAND), port);
    await until('it may send', () => hand.received.find((bytes) => idOf(bytes) === gwmpWire.ID.pullAck));
    const outcome = downlink(HAND);
    const resp = await until('it is asked', () =>
      hand.received.find((bytes) => idOf(bytes) === gwmpWire.ID.pullResp),
    );
    for (let i = 0; i < 3; i += 1) liar.send(txAck(HAND, tokenOf(resp)), port);
    // The same address is not enough either: another token is another transmission.
    hand.send(txAck(HAND, (tokenOf(resp) + 1) % 65_536), port);
    expect(await outcome).toMatchObject({ kind: 'refused', code: 'time-out' });
    await happened('ack-unmatched');
    expect(liar.received).toEqual([]);
  }, 20_000);

  it('keeps nothing of a stranger until he is approved, and then from where he spoke', async () => {
    const [stranger, liar] = [await endAt(NEXT_DOOR), await endAt(LIAR)];
    for (let n = 0; n < 10; n += 1) stranger.send(push(STRANGER, 1_000 + n), port);
    await happened('stranger');
    expect(stranger.received).toEqual([]);
    expect(await order({ kind: 'approve', gateway: STRANGER })).toMatchObject({ kind: 'done' });
    stranger.send(push(STRANGER, 2_000), port);
    const ack = await until('he is answered', () => stranger.received[0]);
    expect([idOf(ack), tokenOf(ack)]).toEqual([gwmpWire.ID.pushAck, 2_000]);
    liar.send(push(STRANGER, 3_000), port);
    await untilStatus(gateway, data, 'the liar is noticed', (status) =>
      (deviceOf(status).happenings ?? []).some(
        ({ words }) => words.includes(STRANGER) && words.includes(LIAR),
      ),
    );
    expect(liar.received).toEqual([]);
  }, 20_000);

  it('accounts for every item, and holds what it acknowledged after it was killed', async () => {
    const status = await untilStatus(gateway, data, 'all is kept', ({ record }) => record.waiting === 0);
    const { items, observed, control, quarantined, dropped } = deviceOf(status).tally;
    const sum = Object.values(dropped).reduce((all: number, count: number) => all + count, 0);
    expect(items).toBe(observed + control + quarantined + sum);
    gateway.send('SIGKILL');
    await gateway.ended;
    const heard = await heardIn(data);
    const expected = Array.from({ length: FRAMES }, (_, n) => `heard ${OWN} ${n}`);
    expect(heard).toEqual([...expected, `heard ${STRANGER} 2000`]);
  }, 20_000);
});
