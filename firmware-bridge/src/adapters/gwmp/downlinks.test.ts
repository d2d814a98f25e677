import { type DownlinkItem, fromHex, type OrderOutcome, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Peer } from '../../port.ts';
import { commandWire, eventWire } from './codec.ts';
import { gatewayDatagram, ID } from './datagram.ts';
import { redecode } from './redecode.ts';
import {
  type Bench,
  benchOf,
  fromOf,
  type GwmpStep,
  itemAt,
  orderId,
  pullData,
  pushOf,
  txAck,
} from './testing.ts';

const A = 'b827ebfffe000001';
const B = 'b827ebfffe000002';
const HOME: Peer = { address: '192.0.2.7', port: 40_000 };
const ELSEWHERE: Peer = { address: '198.51.100.9', port: 40_000 };

/** A gateway that has asked for transmissions and heard a frame at this count. */
const listening = (tmst = 1_000_000, options: object = {}): Bench => {
  const bench = benchOf({ allow: [A, B], region: 'EU868', ...options });
  bench.hear(pullData(A), HOME);
  bench.hear(pushOf(A, tmst), HOME);
  return bench;
};

const downlink = (
  bench: Bench,
  items: readonly DownlinkItem[],
  id = 'd',
  kind: 'downlink' | 'beacon' = 'downlink',
) => bench.order({ id: orderId(id), kind, gateway: A, items });

interface Sent {
  readonly token: number;
  readonly item: DownlinkItem;
  readonly to: Peer | undefined;
}

const sentOf = (steps: readonly GwmpStep[]): readonly Sent[] =>
  steps.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.kind === 'pull-resp' ? [{ ...command }] : [])),
  );
const outcomesOf = (steps: readonly GwmpStep[]): readonly OrderOutcome[] =>
  steps.flatMap(({ outcomes = [] }) => outcomes);
const tokenOf = (steps: readonly GwmpStep[]): number => {
  const [sent] = sentOf(steps);
  if (sent === undefined) throw new Error('nothing was sent');
  return sent.token;
};

describe('a transmission', () => {
  it('goes to the source of the latest PULL_DATA and ends with the gateway’s answer', () => {
    const bench = listening();
    bench.hear(pullData(A), { ...HOME, port: 41_000 });
    const steps = [downlink(bench, [itemAt(2_000_000)])];
    expect(sentOf(steps)).toMatchObject([
      { to: { address: '192.0.2.7', port: 41_000 }, item: itemAt(2_000_000) },
    ]);
    expect(outcomesOf(steps)).toEqual([]);
    // Some gateways answer from their other socket.
    const answered = bench.hear(txAck(A, tokenOf(steps)), { ...HOME, port: 1 });
    expect(outcomesOf(answered)).toMatchObject([{ id: 'd', kind: 'done', item: 0 }]);
    expect(answered.flatMap(({ fates }) => fates)).toEqual([{ kind: 'control' }]);
    expect(bench.state.flights).toEqual([]);
  });

  it('tries its alternatives in order where the gateway refuses one', () => {
    const bench = listening();
    const first = [downlink(bench, [itemAt(2_000_000), itemAt(3_000_000, { frequencyHz: 869_525_000 })])];
    const second = bench.hear(txAck(A, tokenOf(first), 'COLLISION_PACKET'), HOME);
    expect(sentOf(second)).toMatchObject([{ item: { frequencyHz: 869_525_000 } }]);
    expect(outcomesOf(bench.hear(txAck(A, tokenOf(second), 'NONE'), HOME))).toMatchObject([
      { kind: 'done', item: 1 },
    ]);
  });

  it('is refused with what was said of each where none is taken', () => {
    const bench = listening();
    const first = [downlink(bench, [itemAt(2_000_000), itemAt(3_000_000)])];
    const second = bench.hear(txAck(A, tokenOf(first), 'TOO_LATE'), HOME);
    const third = bench.hear(txAck(A, tokenOf(second), 'GPS_UNLOCKED'), HOME);
    expect(outcomesOf(third)).toMatchObject([
      { kind: 'refused', code: 'gps-unlocked', items: ['too-late', 'gps-unlocked'] },
    ]);
    expect(bench.state.gateways.get(A)?.ledger.emissions).toEqual([]);
  });

  it('ends by itself after 3 s, once, and a late answer settles nothing', () => {
    const bench = listening();
    const token = tokenOf([downlink(bench, [itemAt(2_000_000), itemAt(3_000_000)])]);
    expect(outcomesOf(bench.pass(2_999))).toEqual([]);
    expect(outcomesOf(bench.pass(2))).toMatchObject([
      { kind: 'refused', code: 'time-out', items: ['time-out'] },
    ]);
    const late = bench.hear(txAck(A, token), HOME);
    expect(outcomesOf(late)).toEqual([]);
    expect(late.flatMap(({ fates }) => fates)).toEqual([{ kind: 'dropped', reason: 'unmatched-ack' }]);
    // It may have been sent, so its time on air is used.
    expect(bench.state.gateways.get(A)?.ledger.emissions).toHaveLength(1);
  });

  it('ends in time also while others never stop talking', () => {
    const bench = listening();
    downlink(bench, [itemAt(2_000_000)]);
    const steps: GwmpStep[] = [];
    for (let i = 0; i < 40; i += 1) {
      bench.skip(100);
      steps.push(...bench.hear(pushOf(A, 1_100_000 + i), HOME));
    }
    expect(outcomesOf(steps)).toMatchObject([{ code: 'time-out' }]);
  });

  it('is not diverted by a forged PULL_DATA, nor settled by a forged TX_ACK', () => {
    const bench = listening();
    const forged = bench.hear(pullData(A), ELSEWHERE);
    expect(forged.flatMap(({ happenings = [] }) => happenings.map(({ what }) => what))).toEqual([
      'address-changed',
    ]);
    const steps = [downlink(bench, [itemAt(2_000_000)])];
    expect(sentOf(steps)).toMatchObject([{ to: HOME }]);
    const token = tokenOf(steps);
    expect(outcomesOf(bench.hear(txAck(A, token), ELSEWHERE))).toEqual([]);
    expect(outcomesOf(bench.hear(txAck(B, token), HOME))).toEqual([]);
    const wrong = bench.hear(txAck(A, (token + 1) % 65_536), HOME);
    expect(outcomesOf(wrong)).toEqual([]);
    expect(wrong.flatMap(({ happenings = [] }) => happenings.map(({ what }) => what))).toEqual([
      'ack-unmatched',
    ]);
    expect(outcomesOf(bench.hear(txAck(A, token), HOME))).toMatchObject([{ kind: 'done' }]);
  });

  it('is never sent again by a new run', () => {
    const bench = listening();
    downlink(bench, [itemAt(2_000_000)]);
    const again = benchOf({ allow: [A], region: 'EU868' }, bench.state.kept);
    expect(sentOf([...again.pass(10_000), ...again.hear(pullData(A), HOME)])).toEqual([]);
  });

  it.each([
    ['no-region', { region: undefined }, [itemAt(2_000_000)]],
    ['frequency', {}, [itemAt(2_000_000, { frequencyHz: 915_000_000 })]],
    ['power', {}, [itemAt(2_000_000, { powerDbm: 30 })]],
    ['unsendable', {}, [itemAt(2_000_000, { phy: new Uint8Array(256) })]],
    ['too-late', {}, [itemAt(999_000)]],
    ['too-late', {}, [itemAt(1_040_000)]],
    ['too-early', {}, [itemAt(1_000_000 + 514_000_000)]],
    ['items', {}, []],
  ])(
    'is refused as %s before anything is sent',
    (code, { region = 'EU868' }: { region?: string | undefined }, items) => {
      const bench = code === 'no-region' ? benchOf({ allow: [A] }) : listening(1_000_000, { region });
      bench.hear(pullData(A), HOME);
      const steps = [downlink(bench, items)];
      expect(sentOf(steps)).toEqual([]);
      expect(outcomesOf(steps)).toMatchObject([{ kind: 'refused', code }]);
    },
  );

  it('is refused for a gateway that may not speak, has not asked, or has not asked lately', () => {
    const bench = listening();
    const order = { kind: 'downlink', items: [itemAt(undefined)] } as const;
    const given = (gateway: string) => outcomesOf([bench.order({ id: orderId('d'), gateway, ...order })]);
    expect(given('00000000000000ff')).toMatchObject([{ code: 'not-approved' }]);
    expect(given(B)).toMatchObject([{ code: 'no-route' }]);
    bench.pass(180_001);
    expect(given(A)).toMatchObject([{ code: 'no-route' }]);
  });

  it('skips an alternative whose moment has passed, without asking the gateway', () => {
    const bench = listening();
    bench.pass(1_500);
    const steps = [downlink(bench, [itemAt(2_000_000), itemAt(3_000_000)])];
    expect(sentOf(steps)).toMatchObject([{ item: { at: { tmst: 3_000_000 } } }]);
  });

  it('keeps to the duty cycle of its gateway', () => {
    const bench = listening();
    const slow = itemAt(undefined, {
      phy: new Uint8Array(51),
      modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
    });
    const codes = Array.from({ length: 20 }, (_, i) => {
      const steps = [downlink(bench, [slow], `d${i}`)];
      if (sentOf(steps).length > 0) bench.hear(txAck(A, tokenOf(steps)), HOME);
      return outcomesOf(steps).map((each) => (each.kind === 'refused' ? each.code : ''))[0] ?? 'sent';
    });
    // 36 s of an hour at 2.466 s each (no CRC: 2.302 s).
    expect(codes.filter((code) => code === 'sent')).toHaveLength(15);
    expect(codes.at(-1)).toBe('duty-cycle');
  });

  it('waits with 31 others at most, each with a token of its own', () => {
    const bench = listening();
    const short = itemAt(undefined, { frequencyHz: 869_525_000, phy: new Uint8Array(12) });
    const steps = Array.from({ length: 33 }, (_, i) => downlink(bench, [short], `d${i}`));
    expect(new Set(sentOf(steps).map(({ token }) => token)).size).toBe(32);
    expect(outcomesOf(steps)).toMatchObject([{ id: 'd32', code: 'queue-full' }]);
  });

  it('finds its moment over every wrap of the counter', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.integer({ min: -1_000, max: 520_000 }), (tmst, aheadMs) => {
        const bench = listening(tmst);
        const at = (tmst + aheadMs * 1_000 + 2 ** 32) % 2 ** 32;
        const steps = [downlink(bench, [itemAt(at)])];
        const code = outcomesOf(steps).map((each) => (each.kind === 'refused' ? each.code : each.kind))[0];
        const due = aheadMs < 43 ? 'too-late' : aheadMs > 513_000 ? 'too-early' : undefined;
        expect(code).toBe(due);
        expect(sentOf(steps)).toHaveLength(due === undefined ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });

  it('says nothing of its moment where the last count is older than its drift allows', () => {
    const bench = listening();
    for (let i = 0; i < 11; i += 1) {
      bench.pass(60_000);
      bench.hear(pullData(A), HOME);
    }
    expect(sentOf([downlink(bench, [itemAt(2_000_000)])])).toHaveLength(1);
  });

  it('to a gateway of version 1 ends when it is sent, for it answers nothing', () => {
    const bench = benchOf({ allow: [A], region: 'EU868' });
    bench.hear(pullData(A, 5, 1), HOME);
    const steps = [downlink(bench, [itemAt(undefined)])];
    expect(sentOf(steps)).toMatchObject([{ version: 1 }]);
    expect(outcomesOf(steps)).toMatchObject([{ kind: 'done' }]);
    expect(outcomesOf([downlink(bench, [itemAt(undefined)], 'b', 'beacon')])).toMatchObject([
      { code: 'unconfirmed' },
    ]);
  });

  it('is over when its gateway loses its word', () => {
    const bench = listening();
    downlink(bench, [itemAt(2_000_000)]);
    const step = bench.order({ id: orderId('f'), kind: 'forbid', gateway: A });
    expect(outcomesOf([step])).toMatchObject([
      { id: 'd', code: 'forbidden' },
      { id: 'f', kind: 'done' },
    ]);
  });
});

describe('a beacon', () => {
  const body = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('that its gateway confirms becomes a reception that was sent, which says so by itself', () => {
    const bench = listening(4_294_900_000);
    const steps = [downlink(bench, [itemAt(500_000, { powerDbm: 14.7 })], 'b', 'beacon')];
    const json = '{"txpk_ack":{"warn":"TX_POWER","value":12}}';
    const ack = gatewayDatagram(fromOf(A, tokenOf(steps)), ID.txAck, body(json));
    const answered = bench.hear(ack, HOME);
    expect(outcomesOf(answered)).toMatchObject([{ kind: 'done' }]);
    const [said] = answered.flatMap((each) => each.said);
    expect(said?.body).toMatchObject({
      kind: 'reception',
      direction: 'sent',
      gateway: fromHex(A),
      phy: itemAt(0).phy,
      frequencyHz: 868_100_000,
      powerDeciDbm: 120,
      crc: 'none',
      // 13 bytes of SF7 without CRC last 46.336 ms less nothing here: 41.216 ms.
      tmst: 500_000 + 41_216,
    });
    expect(redecode(said?.raw ?? new Uint8Array())).toEqual([said?.body]);
    expect(answered.flatMap(({ fates }) => fates)).toEqual([{ kind: 'observed' }]);
  });

  it('that its gateway refuses was not sent', () => {
    const bench = listening();
    const steps = [downlink(bench, [itemAt(2_000_000)], 'b', 'beacon')];
    const answered = bench.hear(txAck(A, tokenOf(steps), 'TX_FREQ'), HOME);
    expect(answered.flatMap((each) => each.said)).toEqual([]);
    expect(redecode(fromHex('02000003') ?? new Uint8Array())).toEqual([]);
  });

  it('is sent as bytes that the simulator reads as what was meant', () => {
    const bench = listening();
    const [command] = downlink(bench, [itemAt(2_000_000)]).commands;
    if (command === undefined) throw new Error('nothing was sent');
    const [read] = commandWire.decode(commandWire.encode(command));
    expect(read?.result).toMatchObject({ ok: true, value: { kind: 'pull-resp', item: itemAt(2_000_000) } });
    expect(toHex(eventWire.encode({ kind: 'pull', from: fromOf(A, 0x0102) }))).toBe(`02010202${A}`);
  });
});
