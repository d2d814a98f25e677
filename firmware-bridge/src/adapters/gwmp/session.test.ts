import { describe, expect, it } from 'vitest';
import type { Peer } from '../../port.ts';
import { checkOptions } from './options.ts';
import { redecode } from './redecode.ts';
import { type Bench, benchOf, type GwmpStep, orderId, pullData, pushOf, txAck } from './testing.ts';

const A = 'b827ebfffe000001';
const B = 'b827ebfffe000002';
const at = (address: string, port = 40_000): Peer => ({ address, port });
const HOME = at('192.0.2.7');
const ELSEWHERE = at('198.51.100.9');

const fatesOf = (steps: readonly GwmpStep[]): readonly string[] =>
  steps.flatMap(({ fates }) => fates.map((fate) => (fate.kind === 'dropped' ? fate.reason : fate.kind)));
const whatOf = (steps: readonly GwmpStep[]): readonly string[] =>
  steps.flatMap(({ happenings = [] }) => happenings.map(({ what }) => what));
const saidOf = (steps: readonly GwmpStep[]) => steps.flatMap(({ said }) => said);
const answersOf = (steps: readonly GwmpStep[]): readonly string[] =>
  steps.flatMap(({ commands, whenKept }) => [
    ...commands.map(({ kind, to }) => `${kind} to ${to?.address}:${to?.port}`),
    ...whenKept.map(({ kind, to }) => `${kind} to ${to?.address}:${to?.port} when kept`),
  ]);
const keptOf = (steps: readonly GwmpStep[]): string | undefined =>
  steps.flatMap(({ status }) => (status?.keep === undefined ? [] : [status.keep])).at(-1);
const approve = (bench: Bench, gateway: string): GwmpStep =>
  bench.order({ id: orderId('a'), kind: 'approve', gateway });

describe('a gateway that may speak', () => {
  it('is answered at once when it asks, and for frames when they are kept', () => {
    const bench = benchOf({ allow: [A] });
    expect(answersOf(bench.hear(pullData(A, 7), HOME))).toEqual(['pull-ack to 192.0.2.7:40000']);
    const steps = bench.hear(pushOf(A), HOME);
    expect(answersOf(steps)).toEqual(['push-ack to 192.0.2.7:40000 when kept']);
    expect(fatesOf(steps)).toEqual(['observed', 'control']);
    expect(steps.at(-1)?.whenKept).toMatchObject([{ token: 1, version: 2 }]);
    for (const { body, raw } of saidOf(steps)) expect(redecode(raw)).toContainEqual(body);
  });

  it('is owed one answer for all of a datagram, and what is bad in it is quarantined alone', () => {
    const bench = benchOf({ allow: [A] });
    const json = new TextDecoder().decode(pushOf(A).subarray(12));
    const mixed = json.replace(/\[(.*)\]/, '[$1,{"data":"!"},$1]');
    const bytes = new Uint8Array([...pushOf(A).subarray(0, 12), ...new TextEncoder().encode(mixed)]);
    const steps = bench.hear(bytes, HOME);
    expect(fatesOf(steps)).toEqual(['observed', 'quarantined', 'observed', 'control']);
    expect(steps.slice(0, -1).every(({ said, fates }) => said.length + fates.length === 0)).toBe(true);
    expect(answersOf(steps)).toHaveLength(1);
  });

  it('is simulated where it says so', () => {
    const bench = benchOf({ allow: [A] });
    expect(saidOf(bench.hear(pushOf(A, 1, { simulated: true }), HOME)).map(({ origin }) => origin)).toEqual([
      'simulated',
    ]);
    expect(saidOf(bench.hear(pushOf(A), HOME)).map(({ origin }) => origin)).toEqual(['live']);
  });

  it('says its statistics as signals of the table, told apart by its EUI', () => {
    const bench = benchOf({ allow: [A] });
    const none = {
      forwarded: undefined,
      ackDecipercent: undefined,
      downlinks: undefined,
      transmitted: undefined,
    };
    const place = { latitude: 1, longitude: 2, altitudeCm: undefined };
    const stat = { received: 12, receivedOk: 11, ...none, temperatureDeciC: 315, place, simulated: false };
    const said = saidOf(bench.hear(pushOf(A, 1, { frames: [], stat }), HOME));
    expect(said.map(({ body }) => body)).toMatchObject([
      { kind: 'number', signal: 700, mantissa: 12, ecu: 0xfe00_0001 },
      { kind: 'number', signal: 701, mantissa: 11 },
      { kind: 'number', signal: 706, mantissa: 315 },
      { kind: 'position', fix: 'estimated', latitude: 1, longitude: 2 },
    ]);
    for (const { body, raw } of said) expect(redecode(raw)).toContainEqual(body);
  });

  it('may change its port, and the new one is where transmissions go', () => {
    const bench = benchOf({ allow: [A] });
    bench.hear(pullData(A), HOME);
    expect(fatesOf(bench.hear(pushOf(A), at('192.0.2.7', 9)))).toEqual(['observed', 'control']);
    bench.hear(pullData(A), at('::ffff:192.0.2.7', 50_000));
    expect(bench.state.gateways.get(A)?.route?.peer.port).toBe(50_000);
  });

  it('is held to its pace, and the owner hears of it once', () => {
    const bench = benchOf({ allow: [A], gatewayPerSecondMax: 10 });
    const steps = Array.from({ length: 30 }, () => bench.hear(pullData(A), HOME)).flat();
    expect(fatesOf(steps).filter((fate) => fate === 'rate-limited')).toHaveLength(10);
    expect(whatOf(steps)).toEqual(['address-bound', 'rate-limited']);
    bench.pass(1_000);
    expect(fatesOf(bench.hear(pullData(A), HOME))).toEqual(['control']);
  });

  it('is held to the pace of its address', () => {
    const bench = benchOf({ allow: [A, B], addressPerSecondMax: 10 });
    const steps = Array.from({ length: 15 }, () =>
      [A, B].flatMap((eui) => bench.hear(pullData(eui), HOME)),
    ).flat();
    expect(fatesOf(steps).filter((fate) => fate === 'rate-limited')).toHaveLength(10);
  });
});

describe('a stranger', () => {
  it('is told of once, answered by nothing, and leaves nothing behind', () => {
    const bench = benchOf({});
    const steps = [pullData(A), pushOf(A), pushOf(A), txAck(A, 1)].flatMap((bytes) =>
      bench.hear(bytes, HOME),
    );
    expect(whatOf(steps)).toEqual(['stranger']);
    expect(new Set(fatesOf(steps))).toEqual(new Set(['pending-approval']));
    expect(answersOf(steps)).toEqual([]);
    expect(saidOf(steps)).toEqual([]);
  });

  it('is not quarantined either: whatever it sends is only counted', () => {
    const bench = benchOf({ allow: [A] });
    expect(fatesOf(bench.hear(Uint8Array.of(9, 9), HOME))).toEqual(['stranger']);
    bench.hear(pullData(A), HOME);
    expect(fatesOf(bench.hear(Uint8Array.of(9, 9), HOME))).toEqual(['quarantined']);
    expect(fatesOf(bench.hear(Uint8Array.of(2, 0, 0, 9), HOME))).toEqual(['unknown-kind']);
    expect(fatesOf(bench.hear(Uint8Array.of(9, 9), ELSEWHERE))).toEqual(['stranger']);
  });

  it('may speak once it is approved, from where it spoke, also after a restart', () => {
    const bench = benchOf({});
    bench.hear(pullData(A), HOME);
    const step = approve(bench, A.toUpperCase());
    expect(step.outcomes).toMatchObject([{ id: 'a', kind: 'done' }]);
    expect(keptOf([step])).toBe(`+${A}@192.0.2.7`);
    expect(fatesOf(bench.hear(pushOf(A), HOME))).toEqual(['observed', 'control']);
    const again = benchOf({}, keptOf([step]));
    expect(fatesOf(again.hear(pushOf(A), HOME))).toEqual(['observed', 'control']);
    expect(fatesOf(again.hear(pushOf(A), ELSEWHERE))).toEqual(['pending-approval', 'pending-approval']);
  });

  it('can be approved before it speaks, and forbidden whatever the configuration says', () => {
    const bench = benchOf({ allow: [B] });
    approve(bench, A);
    expect(fatesOf(bench.hear(pullData(A), HOME))).toEqual(['control']);
    const step = bench.order({ id: orderId('f'), kind: 'forbid', gateway: B });
    expect(keptOf([step])).toBe(`+${A}@192.0.2.7 -${B}`);
    expect(fatesOf(bench.hear(pullData(B), HOME))).toEqual(['forbidden']);
    expect(fatesOf(benchOf({ allow: [B] }, keptOf([step])).hear(pullData(B), HOME))).toEqual(['forbidden']);
    approve(bench, B);
    expect(fatesOf(bench.hear(pullData(B), HOME))).toEqual(['control']);
    expect(bench.order({ id: orderId('x'), kind: 'approve', gateway: 'x' }).outcomes).toMatchObject([
      { code: 'no-eui' },
    ]);
  });

  it('waits with 63 others at most, 16 of one address, and makes room after an hour of silence', () => {
    const bench = benchOf({});
    const eui = (n: number): string => n.toString(16).padStart(16, '0');
    const steps = Array.from({ length: 200 }, (_, n) => {
      bench.pass(100);
      return bench.hear(pullData(eui(n)), at(`192.0.2.${Math.floor(n / 20)}`));
    }).flat();
    expect(bench.state.strangers.size).toBe(64);
    expect(whatOf(steps).filter((what) => what === 'stranger')).toHaveLength(64);
    expect(whatOf(steps).filter((what) => what === 'strangers-full')).toHaveLength(1);
    expect(fatesOf(steps.slice(16, 20))).toEqual(Array(4).fill('strangers-full'));
    bench.pass(3_600_000);
    expect(fatesOf(bench.hear(pullData(A), ELSEWHERE))).toEqual(['pending-approval']);
    expect(bench.state.strangers.size).toBe(1);
  });

  it('who floods is limited without a word for each, and no memory of where it came from piles up', () => {
    const bench = benchOf({});
    const steps = Array.from({ length: 2_000 }, (_, n) =>
      bench.hear(pullData(A), at(`10.0.${n >> 8}.${n & 255}`)),
    ).flat();
    expect(bench.state.strangerAddresses.size).toBe(256);
    expect(bench.state.strangers.get(A)?.addresses).toHaveLength(4);
    expect(whatOf(steps)).toEqual(Array(4).fill('stranger'));
    const flood = Array.from({ length: 100 }, () => bench.hear(pullData(A), HOME)).flat();
    expect(fatesOf(flood).filter((fate) => fate === 'rate-limited')).toHaveLength(80);
    expect(whatOf(flood)).toEqual(['rate-limited']);
  });
});

describe('an EUI that speaks from another address', () => {
  const bench = (): Bench => {
    const started = benchOf({ allow: [A], region: 'EU868' });
    started.hear(pullData(A), HOME);
    return started;
  };

  it('waits, is told of at once, and the known one goes on', () => {
    const known = bench();
    const steps = [...known.hear(pullData(A), ELSEWHERE), ...known.hear(pushOf(A), ELSEWHERE)];
    expect(whatOf(steps)).toEqual(['address-changed']);
    expect(fatesOf(steps)).toEqual(Array(3).fill('pending-approval'));
    expect(answersOf(steps)).toEqual([]);
    expect(known.state.gateways.get(A)?.route?.peer).toEqual(HOME);
    expect(fatesOf(known.hear(pushOf(A), HOME))).toEqual(['observed', 'control']);
  });

  it('has moved when it is approved, and the old address is a stranger then', () => {
    const known = bench();
    known.hear(pullData(A), ELSEWHERE);
    const step = approve(known, A);
    expect(keptOf([step])).toBe(`${A}@198.51.100.9`);
    expect(known.state.gateways.get(A)?.route).toBeUndefined();
    expect(fatesOf(known.hear(pullData(A), ELSEWHERE))).toEqual(['control']);
    expect(fatesOf(known.hear(pullData(A), HOME))).toEqual(['pending-approval']);
  });

  it('is not approved where two addresses claim it, nor where the configuration says its address', () => {
    const known = bench();
    known.hear(pullData(A), ELSEWHERE);
    known.hear(pullData(A), at('203.0.113.5'));
    expect(approve(known, A).outcomes).toMatchObject([{ code: 'address-disputed' }]);
    const pinned = benchOf({ allow: [`${A}@192.0.2.7`] });
    expect(fatesOf(pinned.hear(pullData(A), ELSEWHERE))).toEqual(['pending-approval']);
    expect(approve(pinned, A).outcomes).toMatchObject([{ code: 'pinned' }]);
    expect(fatesOf(pinned.hear(pullData(A), HOME))).toEqual(['control']);
  });
});

describe('what is kept and what is configured', () => {
  it('forgets what the configuration no longer allows', () => {
    expect(fatesOf(benchOf({}, `${A}@192.0.2.7`).hear(pullData(A), HOME))).toEqual(['pending-approval']);
  });

  it('approves by order only as many as can be remembered', () => {
    const bench = benchOf({});
    const codes = Array.from({ length: 260 }, (_, n) => approve(bench, n.toString(16).padStart(16, '0'))).map(
      ({ outcomes = [] }) => outcomes.map((each) => (each.kind === 'refused' ? each.code : each.kind)),
    );
    const count = codes.filter(([code]) => code === 'done').length;
    // 18 letters each, with no address yet, would be 455: here it is the number of gateways that is the limit.
    expect(count).toBe(256);
    expect(codes.at(-1)).toEqual(['too-many']);
    expect(benchOf({}, bench.state.kept).state.gateways.size).toBe(count);
  });

  it.each([
    [{ allow: 'all' }, 'options.allow'],
    [{ allow: ['b827eb'] }, 'options.allow[0]'],
    [{ region: 'EU' }, 'options.region'],
    [{ gatewayPerSecondMax: 0 }, 'options.gatewayPerSecondMax'],
    [{ speed: 1 }, 'options.speed'],
    [[], 'options'],
  ])('refuses %j', (options, where) => {
    expect(checkOptions(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });
});
