import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { type DownlinkItem, fromHex, type ReceptionBody, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_FORWARDER,
  type Forwarder,
  type ForwarderInput,
  type ForwarderStep,
  newForwarder,
  stepForwarder,
} from './forwarder.ts';
import { type Planned, plan } from './jit-queue.ts';
import { frameHeard } from './testing.ts';

const EUI = 'b827ebfffe000001';

const life = (change: Partial<Forwarder> = {}) => {
  const forwarder: Forwarder = { ...DEFAULT_FORWARDER, eui: EUI, seed: 1, ...change };
  let state = newForwarder(forwarder, 0);
  const steps: ForwarderStep[] = [];
  return {
    get state() {
      return state;
    },
    steps,
    step: (nowUs: number, input: ForwarderInput = { kind: 'time' }): ForwarderStep => {
      const step = stepForwarder(forwarder, state, input, nowUs);
      state = step.state;
      steps.push(step);
      return step;
    },
  };
};

type Life = ReturnType<typeof life>;

const headsOf = ({ sent }: ForwarderStep): readonly string[] =>
  sent.map(({ socket, bytes }) => `${socket} ${bytes[3]}`);
const jsonOf = (step: ForwarderStep, at = 0): unknown =>
  JSON.parse(new TextDecoder().decode(step.sent[at]?.bytes.subarray(12)) || '{}');
const acked = (step: ForwarderStep): ForwarderInput => {
  const token = (step.sent[0]?.bytes ?? new Uint8Array()).subarray(1, 3);
  return { kind: 'datagram', socket: 'up', bytes: Uint8Array.of(2, token[0] ?? 0, token[1] ?? 0, 1) };
};
const heard = (...frames: readonly ReceptionBody[]): ForwarderInput => ({ kind: 'heard', frames });

const downlink = (at: DownlinkItem['at'], change: Partial<DownlinkItem> = {}): DownlinkItem => ({
  phy: fromHex('60f17dbe4920020001f9d65d27') ?? new Uint8Array(),
  at,
  frequencyHz: 868_100_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: undefined,
  noCrc: true,
  ...change,
});

const resp = (item: DownlinkItem, token = 7): ForwarderInput => ({
  kind: 'datagram',
  socket: 'down',
  bytes: gwmpWire.gwmpCodec.command.encode({ kind: 'pull-resp', version: 2, token, item, to: undefined }),
});

const ackOf = (step: ForwarderStep): unknown => {
  const ack = step.sent.find(({ bytes }) => bytes[3] === 5);
  if (ack === undefined) return undefined;
  const [item] = gwmpWire.gwmpCodec.event.decode(ack.bytes);
  if (!item?.result.ok || item.result.value.kind !== 'tx-ack') throw new Error('no TX_ACK');
  const { ack: said, from } = item.result.value;
  return { token: from.token, error: said.error, power: said.powerDbm };
};

/** Statistics would otherwise join the frames. */
const quiet = (change: Partial<Forwarder> = {}): Life => {
  const started = life({ statEveryMs: 3_600_000, ...change });
  started.step(0);
  return started;
};

describe('a packet forwarder', () => {
  it('asks for transmissions at once and every ten seconds, and tells its state every thirty', () => {
    const one = life();
    const started = one.step(0);
    expect(headsOf(started)).toEqual(['down 2']);
    expect(toHex(started.sent[0]?.bytes.subarray(4) ?? new Uint8Array())).toBe(EUI);
    expect(started.wakeAtUs).toBe(10_000_000);
    expect(headsOf(one.step(9_999_999))).toEqual([]);
    expect(headsOf(one.step(10_000_000))).toEqual(['down 2']);
    expect(jsonOf(one.step(30_000_000), 1)).toMatchObject({
      stat: { rxnb: 0, ackr: 0, temp: 30, meta: { source: 'Outpost simulator' } },
    });
  });

  it('pushes what it heard, waits 100 ms for the answer, and pushes no more meanwhile', () => {
    const one = quiet();
    expect(headsOf(one.step(1_000, heard(frameHeard(1))))).toEqual(['up 0']);
    expect(headsOf(one.step(2_000, heard(frameHeard(2), frameHeard(3))))).toEqual([]);
    const later = one.step(101_000);
    expect(jsonOf(later)).toMatchObject({ rxpk: [{ tmst: 2, modu: 'LORA', datr: 'SF7BW125' }, { tmst: 3 }] });
    // Nobody waits for this one any more.
    expect(one.step(101_500, acked(one.steps[1] ?? later)).state.totals).toMatchObject({ acked: 0, late: 1 });
    const answered = one.step(102_000, acked(later));
    expect(answered.state.push).toBeUndefined();
    expect(answered.state.totals).toMatchObject({ pushed: 2, acked: 1 });
    expect(headsOf(one.step(103_000, heard(frameHeard(4))))).toEqual(['up 0']);
  });

  it('takes an answer with another token, or on its other socket, for none', () => {
    const one = quiet();
    const pushed = one.step(1_000, heard(frameHeard(1)));
    const right = acked(pushed);
    if (right.kind !== 'datagram') throw new Error('no datagram');
    one.step(2_000, { ...right, socket: 'down' });
    one.step(2_000, { ...right, bytes: Uint8Array.of(2, 0, 0, 1) });
    expect(one.state.totals.acked).toBe(0);
    one.step(2_000, right);
    expect(one.state.totals.acked).toBe(1);
  });

  it('passes damaged frames on only where it is told to, and counts them all', () => {
    const bad = { ...frameHeard(1), crc: 'bad' } as const;
    expect(headsOf(quiet().step(1, heard(bad)))).toEqual([]);
    expect(headsOf(quiet({ forwardsBad: true }).step(1, heard(bad)))).toEqual(['up 0']);
    const one = life();
    one.step(0);
    one.step(1, heard(bad, frameHeard(2)));
    expect(jsonOf(one.step(30_000_000), 1)).toMatchObject({ stat: { rxnb: 2, rxok: 1, rxfw: 1, ackr: 0 } });
  });

  it('loses what the concentrator has no room for', () => {
    const one = quiet();
    one.step(1, heard(...Array.from({ length: 600 }, (_, i) => frameHeard(i))));
    expect(one.state.totals.lost).toBe(88);
    expect(one.state.frames).toHaveLength(512 - 255);
  });

  it('speaks version 1 and answers no transmission then', () => {
    const one = life({ version: 1 });
    expect(one.step(0).sent[0]?.bytes[0]).toBe(1);
    expect(ackOf(one.step(1, resp(downlink({ kind: 'immediately' }))))).toBeUndefined();
    expect(one.state.queue).toHaveLength(1);
  });
});

describe('a transmission', () => {
  it('is taken, answered with its token, and goes on the air at its count', () => {
    const one = quiet();
    expect(ackOf(one.step(100_000, resp(downlink({ kind: 'count', tmst: 1_000_000 }), 0xbeef)))).toEqual({
      token: 0xbeef,
    });
    expect(one.step(959_999).onAir).toEqual([]);
    const [sent] = one.step(960_000).onAir;
    expect(sent).toMatchObject({ startUs: 1_000_000, item: { powerDbm: 14 } });
    expect(one.state.queue).toEqual([]);
  });

  it('finds its count over the wrap of the counter', () => {
    const one = quiet();
    const nowUs = 5 * 2 ** 32 - 500_000;
    expect(ackOf(one.step(nowUs, resp(downlink({ kind: 'count', tmst: 500_000 }))))).toEqual({ token: 7 });
    expect(one.state.queue[0]?.startUs).toBe(5 * 2 ** 32 + 500_000);
  });

  it.each([
    ['TOO_LATE', downlink({ kind: 'count', tmst: 142_500 })],
    ['TOO_EARLY', downlink({ kind: 'count', tmst: 513_000_000 })],
    // What has passed is far ahead for a counter without a sign.
    ['TOO_EARLY', downlink({ kind: 'count', tmst: 99_000 })],
    ['TX_FREQ', downlink({ kind: 'count', tmst: 1_000_000 }, { frequencyHz: 915_000_000 })],
    ['GPS_UNLOCKED', downlink({ kind: 'gps', tmms: 1 })],
  ])('is refused as %s', (error, item) => {
    const one = quiet();
    expect(ackOf(one.step(100_000, resp(item)))).toEqual({ token: 7, error });
    expect(one.state.queue).toEqual([]);
  });

  it('is sent with the power that there is, and its gateway says so', () => {
    const item = downlink({ kind: 'count', tmst: 1_000_000 }, { powerDbm: 15 });
    expect(ackOf(quiet().step(100_000, resp(item)))).toEqual({ token: 7, power: 14 });
  });

  it('follows GPS where there is one', () => {
    const one = quiet({ gpsAtZeroMs: 1_000_000 });
    one.step(100_000, resp(downlink({ kind: 'gps', tmms: 1_002_000 })));
    expect(one.state.queue[0]?.startUs).toBe(2_000_000);
  });

  it('that is malformed is dropped without a word', () => {
    const one = quiet();
    const bytes = new Uint8Array([2, 0, 7, 3, ...new TextEncoder().encode('{"txpk":{"imme":true}}')]);
    expect(headsOf(one.step(100_000, { kind: 'datagram', socket: 'down', bytes }))).toEqual([]);
  });

  it('collides with another one that is on the air or needs the radio', () => {
    const item = downlink({ kind: 'count', tmst: 0 });
    const first = plan([], item, 41_216, 1_000_000, 0);
    if (typeof first === 'string') throw new Error(first);
    expect(plan(first, item, 41_216, 1_000_000 + 41_216 + 42_500, 0)).toBe('COLLISION_PACKET');
    expect(plan(first, item, 41_216, 1_000_000 - 41_216 - 42_500, 0)).toBe('COLLISION_PACKET');
    expect(plan(first, item, 41_216, 1_000_000 + 41_216 + 42_501, 0)).toHaveLength(2);
    const atOnce = plan(first, item, 41_216, undefined, 950_000);
    expect((atOnce as readonly Planned[])[1]?.startUs).toBe(1_000_000 + 41_216 + 43_500);
    const full = Array.from({ length: 32 }, (_, i) => ({ item, airtimeUs: 1, startUs: i * 1e6 }));
    expect(plan(full, item, 1, 40e6, 0)).toBe('COLLISION_PACKET');
  });
});
