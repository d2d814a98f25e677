import { asciiBytes, fromHex, monoNs, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { redact } from '../../privacy.ts';
import { createRig } from '../../testing/rig.ts';
import { type MeshtasticEvent, meshtasticCodec } from './codec.ts';
import { adapter, redecode } from './index.ts';
import type { MeshPacket } from './packet.ts';
import { meshtasticSession } from './session.ts';

const say = (event: MeshtasticEvent): Uint8Array => meshtasticCodec.event.encode(event);

/** 52° N, 13.37° E as a Position has it. */
const PLACE = '0d00a6fe1e151d21f807';
const place = fromHex(PLACE) ?? new Uint8Array(0);

const PACKET: MeshPacket = {
  from: 0x433e_1a2b,
  to: 0xffff_ffff,
  channel: 0,
  contents: { kind: 'decoded', port: 3, payload: place },
  id: 0x1234_abcd,
  rxTime: 1_790_000_000,
  rxSnr: 6.25,
  hopLimit: 3,
  wantAck: false,
  rxRssi: -95,
  viaMqtt: false,
  hopStart: 3,
  nextHop: 0,
  relayNode: 0x2b,
  transport: 1,
};

const packet = (changed: Partial<MeshPacket> = {}): Uint8Array =>
  say({ kind: 'packet', packet: { ...PACKET, ...changed } });

const start = () => {
  const rig = createRig(meshtasticCodec, meshtasticSession(undefined), () => [
    { afterMs: 10, bytes: say({ kind: 'my-info', node: 7, device: '' }) },
    { afterMs: 20, bytes: say({ kind: 'metadata', firmware: '2.7.26' }) },
    { afterMs: 30, bytes: say({ kind: 'config-complete', id: 0x4f55_5453 }) },
  ]);
  rig.run(1_000);
  expect(rig.statuses.at(-1)?.phase).toBe('listening');
  return rig;
};

describe('a Meshtastic radio', () => {
  it('is asked for its configuration, and a packet heard directly is a reception with its header', () => {
    const rig = start();
    rig.receive(packet());
    expect(rig.said.map(({ body }) => body)).toMatchObject([
      { kind: 'identity', text: 'Meshtastic 2.7.26' },
      { direction: 'heard', rssiDeciDbm: -950, snrDeciDb: 63, frequencyHz: undefined, modulation: undefined },
    ]);
    const [, reception] = rig.said;
    if (reception?.body.kind !== 'reception') throw new Error('no reception');
    expect(toHex(reception.body.phy)).toBe('ffffffff2b1a3e43cdab34126300002b');
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
    expect(rig.undecided).toBe(0);
  });

  it('tells of a packet that was passed on no strength, and of one from a network nothing', () => {
    const rig = start();
    rig.receive(packet({ hopLimit: 2 }));
    rig.receive(packet({ hopStart: 0, hopLimit: 0 }));
    rig.receive(packet({ viaMqtt: true }));
    rig.receive(packet({ transport: 6 }));
    rig.receive(packet({ rxRssi: 0, rxSnr: 0 }));
    const bodies = rig.said.slice(1).map(({ body }) => body);
    expect(bodies).toMatchObject([{ rssiDeciDbm: undefined }, { rssiDeciDbm: undefined }]);
    expect(rig.fates.slice(-3)).toEqual([
      { kind: 'dropped', reason: 'not-by-radio' },
      { kind: 'dropped', reason: 'not-by-radio' },
      { kind: 'dropped', reason: 'not-heard' },
    ]);
  });

  it('that restarts or falls silent is asked anew', () => {
    const rig = start();
    rig.receive(say({ kind: 'rebooted' }));
    rig.run(2_000);
    expect(rig.happenings).toMatchObject([{ what: 'module-restarted' }]);
    expect(rig.sent).toHaveLength(2);
    rig.run(125_000);
    expect(rig.sent).toHaveLength(3);
  });

  it('that never answers is given up', () => {
    const rig = createRig(meshtasticCodec, meshtasticSession(undefined), () => []);
    rig.receive(asciiBytes('DEBUG | booting\r\n'));
    rig.run(120_000);
    expect(rig.reopen?.code).toBe('meshtastic.silent');
  });

  it('played by the simulator says so', () => {
    const rig = createRig(meshtasticCodec, meshtasticSession(undefined), () => [
      { afterMs: 10, bytes: say({ kind: 'my-info', node: 7, device: 'Outpost simulator' }) },
    ]);
    rig.run(1_000);
    rig.receive(packet());
    expect(rig.said.map(({ origin }) => origin)).toEqual(['simulated']);
  });
});

describe('what people put into packets', () => {
  const contents = [
    { kind: 'decoded', port: 3, payload: place },
    { kind: 'decoded', port: 8, payload: place },
    { kind: 'decoded', port: 1, payload: place },
    { kind: 'encrypted', payload: place },
  ] as const;

  it.each(contents)('is nowhere in what is kept: $kind $port', (carried) => {
    const rig = start();
    rig.receive(packet({ contents: carried }));
    rig.receive(packet({ contents: carried, hopLimit: 1 }));
    expect(rig.said.filter(({ body }) => body.kind === 'reception')).toHaveLength(2);
    const kept = JSON.stringify([rig.said, rig.fates, rig.statuses, rig.happenings], (_, part: unknown) =>
      part instanceof Uint8Array ? toHex(part) : part,
    );
    expect(kept).toContain('2b1a3e43');
    // Neither the whole of it nor its two coordinates.
    for (const secret of [PLACE, '00a6fe1e', '1d21f807']) expect(kept).not.toContain(secret);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toEqual([body]);
  });

  it('is nowhere either where a frame was cut off, changed, or came before it was asked for', () => {
    const rig = createRig(meshtasticCodec, meshtasticSession(undefined), () => []);
    rig.receive(packet());
    const whole = packet();
    rig.receive(whole.subarray(0, whole.length - 9));
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      rig.receive(changed);
    }
    rig.run(60_000);
    const kept = JSON.stringify([rig.said, rig.fates, rig.statuses], (_, part: unknown) =>
      part instanceof Uint8Array ? toHex(part) : part,
    );
    expect(rig.said).toEqual([]);
    expect(kept).not.toContain('00a6fe1e');
  });

  it('that cannot be read is kept without its bytes near a zone', () => {
    expect(adapter.bearsPosition).toBe(true);
    const [item] = meshtasticCodec.event.decode(packet().subarray(0, 30));
    if (item === undefined || item.result.ok) throw new Error('read');
    expect(JSON.stringify(item.result.fault)).not.toContain('0d00a6');
    const zone = { latitude: 520_000_000, longitude: 133_700_000, radiusM: 500 };
    const observed = redact(
      {
        readings: [],
        quarantined: [{ fault: item.result.fault, raw: item.raw, mono: monoNs(1n) }],
        kept: () => undefined,
        refused: () => undefined,
      },
      { zones: [zone as never], bearsPosition: adapter.bearsPosition, origin: 'live' },
    );
    expect(observed.quarantined.map(({ raw }) => raw.length)).toEqual([0]);
    expect(observed.readings.map(({ body }) => body)).toEqual([
      { kind: 'redacted', what: 'position', reason: 'unreadable' },
    ]);
  });
});
